import Hummingbird

/// Splits a multipart body while it streams in: a part at a time, in the order sent.
///
/// Reading a part's content asks the socket for no more than one chunk, so a slow reader slows the
/// sender down. One task at a time.
final class MultipartReader {
  private let body: BodyReader
  private var parser: MultipartParser
  private var isInsidePart = false

  /// - Throws: `APIError` 400 where the content type names no usable boundary.
  init(body: BodyReader, contentType: HeaderValue) throws(APIError) {
    guard let boundary = contentType.parameters["boundary"], !boundary.isEmpty,
      boundary.utf8.count <= 200, boundary.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
    else { throw .badRequest("The content type names no usable multipart boundary.") }
    self.body = body
    parser = MultipartParser(boundary: boundary)
  }

  /// The head of the next part; what is left of the one before is skipped. Nil after the last.
  func nextPart() async throws -> MultipartHead? {
    while isInsidePart { _ = try await nextChunk() }
    while true {
      switch try await nextEvent() {
      case .part(let head):
        isInsidePart = true
        return head
      case .finished:
        // Reads what little may follow, so that the connection can carry another request.
        try await body.drain()
        return nil
      case .content, .endOfPart: continue
      }
    }
  }

  /// The next piece of the current part's content; nil at its end.
  func nextChunk() async throws -> ByteBuffer? {
    guard isInsidePart else { return nil }
    switch try await nextEvent() {
    case .content(let content): return content
    case .part, .endOfPart, .finished:
      isInsidePart = false
      return nil
    }
  }

  /// The whole content of the current part as text.
  ///
  /// - Throws: `APIError` 413 where it is longer than `limit` bytes.
  func text(upTo limit: Int) async throws -> String {
    var bytes: [UInt8] = []
    while let chunk = try await nextChunk() {
      guard bytes.count + chunk.readableBytes <= limit else {
        throw APIError.tooLarge("A form field is larger than \(limit) bytes.")
      }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func nextEvent() async throws -> MultipartParser.Event {
    while true {
      if let event = try parser.next() { return event }
      guard let chunk = try await body.next() else {
        throw APIError.badRequest("The multipart body ends before its closing boundary.")
      }
      parser.feed(chunk)
    }
  }
}
