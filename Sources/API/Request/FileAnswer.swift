import HTTPTypes
import Hummingbird
import NIOCore

/// A stored file as an answer: whole, or from where an earlier download broke off.
struct FileAnswer: Sendable {
  /// The size in bytes.
  var size: Int64
  /// The hash of the content: a stored file never changes, so it identifies the file.
  var hash: String
  /// Content type, disposition and what else the kind of file needs.
  var headers: HTTPFields
  /// Reads a range in pieces, in order.
  var read: @Sendable (Range<Int64>, (ByteBuffer) async throws -> Void) async throws -> Void
  /// Checks that the content can be read, before the answer begins.
  var check: @Sendable () async throws -> Void = {}

  private var tag: String { "\"\(hash)\"" }

  /// Whether an answer begins with the first byte, as that to a request that asks for the file anew does.
  func isBeginning(for request: APIRequest) -> Bool {
    guard !isKnown(to: request) else { return false }
    switch range(request) {
    case .whole: return true
    case .part(let range): return range.lowerBound == 0
    case .unsatisfiable: return false
    }
  }

  /// - Throws: What ``check`` throws.
  func response(to request: APIRequest) async throws -> APIResponse {
    if isKnown(to: request) {
      return APIResponse(
        status: .notModified, headers: [.eTag: tag], body: .whole(ByteBuffer()))
    }
    switch range(request) {
    case .whole:
      try await check()
      return answer(0..<size, .ok)
    case .part(let range):
      try await check()
      var response = answer(range, .partialContent)
      response.headers[.contentRange] =
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      return response
    case .unsatisfiable:
      return APIError(.rangeNotSatisfiable, "The file has \(size) bytes.").response
        .with(.contentRange, "bytes */\(size)")
    }
  }

  /// With `If-Range` a part is given only of the file that the client has the beginning of.
  private func range(_ request: APIRequest) -> ByteRange {
    if let condition = request.headers[.ifRange], condition.trimmingBlanks != tag { return .whole }
    return ByteRange(request.headers[.range], size: size)
  }

  private func answer(_ range: Range<Int64>, _ status: HTTPResponse.Status) -> APIResponse {
    var headers = headers
    headers[.contentLength] = String(range.count)
    headers[.acceptRanges] = "bytes"
    headers[.eTag] = tag
    return APIResponse(
      status: status, headers: headers,
      body: .stream { [read] writer in
        // A failure breaks the connection off before the length is reached: the client sees that.
        try await read(range) { try await writer.write($0) }
        try await writer.finish(nil)
      })
  }

  private func isKnown(to request: APIRequest) -> Bool {
    guard let known = request.headers[.ifNoneMatch] else { return false }
    return known.split(separator: ",").contains { candidate in
      let bare = String(candidate).trimmingBlanks
      return bare == "*" || bare == tag || bare == "W/\(tag)"
    }
  }
}
