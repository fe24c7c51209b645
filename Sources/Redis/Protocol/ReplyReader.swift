import CHiredis

/// The server's bytes in, replies out: hiredis's incremental parser with ``ReplyBuilder`` behind it.
/// Belongs to one connection's thread.
final class ReplyReader {
  private let reader: UnsafeMutablePointer<redisReader>
  private let builder: UnsafeMutablePointer<ReplyBuilder>
  private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
  private let maximumReplySize: Int
  private var bytesOfReply = 0

  /// hiredis moves what is left of its buffer to the front after each kilobyte it has parsed, so it
  /// is fed in pieces of which that is cheap.
  static let pieceSize = 16 << 10

  /// - Throws: `.protocol` when memory ran out.
  init(maximumReplySize: Int) throws(RedisError) {
    self.maximumReplySize = maximumReplySize
    functions = .allocate(capacity: 1)
    functions.initialize(to: ReplyBuilder.functions())
    builder = .allocate(capacity: 1)
    builder.initialize(to: ReplyBuilder())
    guard let reader = redisReaderCreateWithFunctions(functions) else {
      functions.deallocate()
      builder.deinitialize(count: 1)
      builder.deallocate()
      throw RedisError(.protocol, "no memory for a reply reader")
    }
    self.reader = reader
    reader.pointee.privdata = UnsafeMutableRawPointer(builder)
  }

  deinit {
    redisReaderFree(reader)
    builder.deinitialize(count: 1)
    builder.deallocate()
    functions.deallocate()
  }

  /// Takes bytes from the server and hands every reply that they complete to `body`, in order.
  ///
  /// - Throws: `.protocol` when the bytes are not RESP, are nested deeper than hiredis allows
  ///   (seven levels), or make up a reply larger than the bound; what `body` throws.
  func read(
    _ bytes: UnsafeRawBufferPointer, _ body: (RedisValue) throws(RedisError) -> Void
  ) throws(RedisError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceSize))
      rest = rest.dropFirst(piece.count)
      bytesOfReply += piece.count
      redisReaderFeed(reader, piece.baseAddress, piece.count)
      while let reply = try next() {
        bytesOfReply = 0
        try body(reply)
      }
      if bytesOfReply > maximumReplySize {
        throw RedisError(.protocol, "a reply is larger than \(maximumReplySize) bytes")
      }
    }
  }

  private func next() throws(RedisError) -> RedisValue? {
    var object: UnsafeMutableRawPointer?
    guard redisReaderGetReply(reader, &object) == REDIS_OK else {
      throw RedisError(.protocol, reader.pointee.errorText)
    }
    return object == nil ? nil : builder.pointee.take()
  }
}

extension redisReader {
  fileprivate var errorText: String {
    withUnsafeBytes(of: errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
