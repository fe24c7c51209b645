import Exports
import NIOCore

/// The file of an export as an answer.
struct ExportDownload {
  let file: ExportFile

  func response(to request: APIRequest) async throws -> APIResponse {
    let file = file
    return try await FileAnswer(
      size: file.size, hash: file.sha256,
      headers: [
        .contentType: file.export.options.contentType,
        // The name is generated, of letters, digits, `_` and `.` alone.
        .contentDisposition: "attachment; filename=\"\(file.export.fileName)\"",
        .cacheControl: "private, no-transform",
      ],
      read: { range, write in
        try await file.read(range) { try await write(ByteBuffer(bytes: $0)) }
      }
    ).response(to: request)
  }
}
