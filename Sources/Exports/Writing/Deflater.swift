import CZlib

/// Compresses a stream of bytes into one gzip member (RFC 1952).
final class Deflater {
  private static let pieceBytes = 256 * 1024

  // zlib keeps a pointer to its own state's address, so the state must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; 16 more: a gzip header and trailer. Level 4 compresses lists of
    // people nearly as well as the highest, at a fraction of its time.
    let status = deflateInit2_(
      stream, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw PackingFailure()
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses some bytes, and ends the member if they are the last.
  func pack(_ bytes: [UInt8], isLast: Bool = false) throws -> [UInt8] {
    var output: [UInt8] = []
    try bytes.withUnsafeBufferPointer { source in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      stream.pointee.avail_in = UInt32(source.count)
      defer { stream.pointee.next_in = nil }
      var status = Z_OK
      repeat {
        let piece = try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { target, count in
          stream.pointee.next_out = target.baseAddress
          stream.pointee.avail_out = UInt32(target.count)
          status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          guard status != Z_STREAM_ERROR else { throw PackingFailure() }
          count = target.count - Int(stream.pointee.avail_out)
        }
        output.append(contentsOf: piece)
      } while stream.pointee.avail_out == 0 || (isLast && status != Z_STREAM_END)
    }
    return output
  }
}

/// The error of zlib, usually for lack of memory.
struct PackingFailure: Error, CustomStringConvertible {
  var description: String { "the file cannot be packed" }
}
