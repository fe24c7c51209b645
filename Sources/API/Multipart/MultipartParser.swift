import Hummingbird
import NIOCore

/// Reads `multipart/form-data` (RFC 7578) as it streams: bytes in, events out, with no more kept
/// than one chunk and the head of a part.
struct MultipartParser {
  /// An element of the stream.
  enum Event {
    /// A part begins.
    case part(MultipartHead)
    /// A piece of the current part's content.
    case content(ByteBuffer)
    /// The current part is over.
    case endOfPart
    /// The closing boundary was read; whatever follows is ignored.
    case finished
  }

  /// Bounds against bodies made to exhaust the server.
  struct Limits: Sendable {
    /// The bytes of one part's header lines together.
    var headBytes = 16 * 1024
    /// The bytes before the first boundary.
    var preambleBytes = 64 * 1024
    var parts = 10_000
  }

  private enum State {
    case preamble
    case boundaryLine
    case head
    case content
    case finished
  }

  private let delimiter: [UInt8]
  private let limits: Limits
  private var state = State.preamble
  private var pending: ByteBuffer
  private var skipped = 0
  private var partCount = 0
  private var isInsidePart = false

  /// - Parameters:
  ///   - boundary: as in the content type, without the dashes.
  ///   - limits: what no body may exceed.
  init(boundary: String, limits: Limits = Limits()) {
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.limits = limits
    // The first boundary has no line end before it: one is put there, so that all look alike.
    pending = ByteBuffer(string: "\r\n")
  }

  /// Adds what arrived. Events are to be drained before more is added.
  mutating func feed(_ chunk: ByteBuffer) {
    if state == .finished { return }
    guard pending.readableBytes > 0 else {
      pending = chunk
      return
    }
    // A new buffer on purpose: slices of the old one may still be under way to the reader, and
    // writing to it would copy it whole.
    var joined = ByteBufferAllocator().buffer(
      capacity: pending.readableBytes + chunk.readableBytes)
    joined.writeImmutableBuffer(pending)
    joined.writeImmutableBuffer(chunk)
    pending = joined
  }

  /// The next event; nil when more bytes are needed.
  mutating func next() throws(APIError) -> Event? {
    while true {
      switch state {
      case .preamble:
        guard try skipPreamble() else { return nil }
      case .boundaryLine:
        guard let isLast = try readBoundaryLine() else { return nil }
        if isInsidePart {
          isInsidePart = false
          // The state already describes what follows; the end of the part is reported first.
          state = isLast ? .finished : .head
          return .endOfPart
        }
        state = isLast ? .finished : .head
        if isLast { return .finished }
      case .head:
        guard let head = try readHead() else { return nil }
        isInsidePart = true
        state = .content
        return .part(head)
      case .content:
        guard let content = readContent() else { return nil }
        if content.readableBytes > 0 { return .content(content) }
      case .finished:
        return .finished
      }
    }
  }

  /// Whether the closing boundary was read. A body that ends before it was cut off.
  var isFinished: Bool { state == .finished }

  /// Drops bytes up to the first boundary; false when more are needed.
  private mutating func skipPreamble() throws(APIError) -> Bool {
    if let offset = offset(of: delimiter) {
      pending.moveReaderIndex(forwardBy: offset + delimiter.count)
      state = .boundaryLine
      return true
    }
    let surplus = max(0, pending.readableBytes - (delimiter.count - 1))
    pending.moveReaderIndex(forwardBy: surplus)
    skipped += surplus
    guard skipped <= limits.preambleBytes else {
      throw .badRequest("The multipart body does not begin with its boundary.")
    }
    return false
  }

  /// The end of a boundary: `--` after the last one, else a line end. Nil when more is needed.
  private mutating func readBoundaryLine() throws(APIError) -> Bool? {
    let view = pending.readableBytesView
    var index = view.startIndex
    if view.count >= 2, view[index] == UInt8(ascii: "-"), view[index + 1] == UInt8(ascii: "-") {
      pending.moveReaderIndex(forwardBy: 2)
      return true
    }
    while index < view.endIndex, view[index] == 0x20 || view[index] == 0x09 { index += 1 }
    guard index - view.startIndex <= limits.headBytes else { throw malformed }
    guard index + 1 < view.endIndex else {
      // One byte alone: it must be able to begin `--` or a line end.
      if index < view.endIndex, view[index] != 0x0D, view[index] != UInt8(ascii: "-") {
        throw malformed
      }
      return nil
    }
    guard view[index] == 0x0D, view[index + 1] == 0x0A else { throw malformed }
    // The line end stays: a head is what lies between it and an empty line.
    pending.moveReaderIndex(forwardBy: index - view.startIndex)
    return false
  }

  private var malformed: APIError { .badRequest("The multipart body is malformed.") }

  /// The header lines of a part; nil when more bytes are needed.
  private mutating func readHead() throws(APIError) -> MultipartHead? {
    guard let end = offset(of: Array("\r\n\r\n".utf8)) else {
      guard pending.readableBytes <= limits.headBytes else {
        throw .badRequest("The head of a multipart part is larger than \(limits.headBytes) bytes.")
      }
      return nil
    }
    guard end <= limits.headBytes else {
      throw .badRequest("The head of a multipart part is larger than \(limits.headBytes) bytes.")
    }
    partCount += 1
    guard partCount <= limits.parts else {
      throw .badRequest("The multipart body has more than \(limits.parts) parts.")
    }
    let lines = pending.readSlice(length: end)?.readableBytesView
    pending.moveReaderIndex(forwardBy: 4)
    return try MultipartHead(lines: lines.map(Array.init) ?? [])
  }

  /// Content up to the boundary or as far as it is certain not to hold one; empty at the boundary,
  /// nil when more bytes are needed.
  private mutating func readContent() -> ByteBuffer? {
    if let offset = offset(of: delimiter) {
      let content = pending.readSlice(length: offset)
      pending.moveReaderIndex(forwardBy: delimiter.count)
      state = .boundaryLine
      return content
    }
    let certain = pending.readableBytes - (delimiter.count - 1)
    return certain > 0 ? pending.readSlice(length: certain) : nil
  }

  private func offset(of pattern: [UInt8]) -> Int? {
    pending.withUnsafeReadableBytes { bytes in ByteSearch.firstOffset(of: pattern, in: bytes) }
  }
}
