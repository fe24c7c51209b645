import Exports
import HTTPTypes
import Hummingbird
import NIOCore

/// The file of an export as an answer: whole, or from where an earlier download broke off.
struct ExportDownload {
  let file: ExportFile

  /// The file never changes, so its hash identifies it.
  private var tag: String { "\"\(file.sha256)\"" }

  func response(to request: APIRequest) -> APIResponse {
    if let known = request.headers[.ifNoneMatch], Self.names(known, tag) {
      return APIResponse(
        status: .notModified, headers: [.eTag: tag], body: .whole(ByteBuffer()))
    }
    switch range(request) {
    case .whole: return answer(0..<file.size, .ok)
    case .part(let range):
      var response = answer(range, .partialContent)
      response.headers[.contentRange] =
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)"
      return response
    case .unsatisfiable:
      return APIError(.rangeNotSatisfiable, "The file has \(file.size) bytes.").response
        .with(.contentRange, "bytes */\(file.size)")
    }
  }

  /// With `If-Range` a part is given only of the file that the client has the beginning of.
  private func range(_ request: APIRequest) -> ByteRange {
    if let condition = request.headers[.ifRange], condition.trimmingBlanks != tag { return .whole }
    return ByteRange(request.headers[.range], size: file.size)
  }

  private func answer(_ range: Range<Int64>, _ status: HTTPResponse.Status) -> APIResponse {
    let file = file
    return APIResponse(
      status: status,
      headers: [
        .contentType: file.export.options.contentType,
        .contentLength: String(range.count),
        // The name is generated, of letters, digits, `_` and `.` alone.
        .contentDisposition: "attachment; filename=\"\(file.export.fileName)\"",
        .acceptRanges: "bytes", .eTag: tag,
        .cacheControl: "private, no-transform",
      ],
      body: .stream { writer in
        // A failure breaks the connection off before the length is reached: the client sees that.
        try await file.read(range) { try await writer.write(ByteBuffer(bytes: $0)) }
        try await writer.finish(nil)
      })
  }

  private static func names(_ header: String, _ tag: String) -> Bool {
    header.split(separator: ",").contains { candidate in
      let bare = String(candidate).trimmingBlanks
      return bare == "*" || bare == tag || bare == "W/\(tag)"
    }
  }
}
