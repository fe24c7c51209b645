import CZlib
import Hummingbird
import NIOCore

/// Unpacks gzip (RFC 1952) as it streams, including several members in a row.
///
/// No more than one chunk of input and one of output is held, however well the input is packed.
final class Inflater {
  private static let outputBytes = 64 * 1024

  // zlib keeps a pointer to its own state's address, so the state must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input = ByteBuffer()
  private var isBetweenMembers = false

  init() throws(APIError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; 16 more: a gzip header and trailer, not those of zlib.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw APIError(.internalServerError, "gzip is not available.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether the input may end here: at the end of a member.
  var isAtEnd: Bool { isBetweenMembers && input.readableBytes == 0 }

  /// Adds input. Input given before must be used up first.
  func feed(_ chunk: ByteBuffer) { input = chunk }

  /// The next output; nil when more input is needed.
  ///
  /// - Throws: `APIError` 400 where the input is not gzip or its check sum is wrong.
  func next() throws(APIError) -> ByteBuffer? {
    while input.readableBytes > 0 {
      if isBetweenMembers {
        guard inflateReset(stream) == Z_OK else { throw broken }
        isBetweenMembers = false
      }
      var status = Z_OK
      var output = ByteBuffer()
      input.readWithUnsafeMutableReadableBytes { source in
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.outputBytes) { target in
          stream.pointee.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_in = UInt32(source.count)
          stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_out = UInt32(target.count)
          status = inflate(stream, Z_NO_FLUSH)
          return target.count - Int(stream.pointee.avail_out)
        }
        return source.count - Int(stream.pointee.avail_in)
      }
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default: throw broken
      }
      if output.readableBytes > 0 { return output }
    }
    return nil
  }

  private var broken: APIError { .badRequest("The gzip content is damaged.") }
}
