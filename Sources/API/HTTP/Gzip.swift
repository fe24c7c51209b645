import CZlib

/// Packs whole contents.
package enum Gzip {
  /// How much work it is worth to make the packed content small.
  package enum Effort: Int32, Sendable {
    /// For what is packed each time it is sent.
    case little = 4
    /// For what is packed once and sent often.
    case most = 9
  }

  /// One gzip member (RFC 1952). The same bytes give the same member; nil where there is no memory for it.
  package static func packed(_ bytes: [UInt8], effort: Effort) -> [UInt8]? {
    // zlib keeps a pointer to its own state's address, so the state must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    // 15: the largest window; 16 more: a gzip header and trailer. 9: the most memory, which is 384 KiB while it lasts.
    let status = deflateInit2_(
      stream, effort.rawValue, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { return nil }
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
    return end == Z_STREAM_END ? output : nil
  }
}
