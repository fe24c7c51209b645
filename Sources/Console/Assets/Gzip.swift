import CZlib

/// Packs whole files.
enum Gzip {
  /// One gzip member (RFC 1952), as small as zlib makes it. The same bytes give the same member.
  static func packed(_ bytes: [UInt8]) throws(ConsoleAssetsError) -> [UInt8] {
    // zlib keeps a pointer to its own state's address, so the state must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    // 15: the largest window; 16 more: a gzip header and trailer. 9 and 9: the most work and memory, once at the start.
    let status = deflateInit2_(
      stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw ConsoleAssetsError("gzip is not available") }
    defer { deflateEnd(stream) }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    var end = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      bytes.withUnsafeBufferPointer { source in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        end = deflate(stream, Z_FINISH)
      }
      count = target.count - Int(stream.pointee.avail_out)
    }
    guard end == Z_STREAM_END else { throw ConsoleAssetsError("a file cannot be packed") }
    return output
  }
}
