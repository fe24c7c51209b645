import CZlib

/// Packs whole files.
enum Gzip {
  /// One gzip member (RFC 1952), as small as zlib makes it. The same bytes give the same member.
  static func packed(_ bytes: [UInt8]) throws(ConsoleAssetsError) -> [UInt8] {
    var stream = z_stream()
    // 15: the largest window; 16 more: a gzip header and trailer. 9 and 9: the most work and memory, once at the start.
    guard
      deflateInit2_(
        &stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw ConsoleAssetsError("gzip is not available") }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      bytes.withUnsafeBufferPointer { source in
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        status = deflate(&stream, Z_FINISH)
        stream.next_in = nil
      }
      count = target.count - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END else { throw ConsoleAssetsError("a file cannot be packed") }
    return output
  }
}
