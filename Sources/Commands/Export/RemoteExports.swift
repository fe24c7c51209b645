import Exports
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Requests exports from a remote API, with a login.
struct RemoteExports: ExportDesk {
  private let api: RemoteAPI

  /// The number of bytes requested at once.
  private static let piece: Int64 = 8 << 20
  /// The attempts at a piece before the connection is given up.
  private static let attempts = 5

  init(url: String, user: String?, password: String?) throws {
    api = try RemoteAPI(url: url, user: user, password: password)
  }

  private struct Answer: Decodable { let export: ExportSummary }

  private struct Request: Encodable {
    let format: String
    let search: String?
    let columns: [String]?
    let raw: Bool
    let bom: Bool
    let delimiter: String?
    let gzip: Bool
  }

  func ask(_ wish: ExportWish) async throws -> ExportSummary {
    let request = Request(
      format: wish.format.rawValue, search: wish.query, columns: wish.columns, raw: wish.raw,
      bom: wish.byteOrderMark, delimiter: wish.delimiter, gzip: wish.gzip)
    let data = try await api.ask(
      "POST", "api/exports/new", type: "application/json",
      body: try JSONEncoder().encode(request))
    return try JSONDecoder().decode(Answer.self, from: data).export
  }

  func summary(_ id: Int64) async throws -> ExportSummary {
    try JSONDecoder().decode(Answer.self, from: try await api.ask("GET", "api/exports/\(id)"))
      .export
  }

  /// Fetches in pieces, each retried if the connection breaks; complete pieces are kept.
  func fetch(_ export: ExportSummary, into file: FileHandle) async throws {
    let size = export.bytes ?? 0
    var bar = ProgressBar()
    defer { bar.end() }
    var done: Int64 = 0
    while done < size {
      let data = try await piece(of: export, from: done, to: min(done + Self.piece, size) - 1)
      guard !data.isEmpty else { throw CommandFailure("the API sends nothing of the file") }
      try file.write(contentsOf: data)
      done += Int64(data.count)
      bar.show(done: Int(done >> 20), total: Int(size >> 20), "MiB fetched")
    }
  }

  private func piece(
    of export: ExportSummary, from first: Int64, to last: Int64
  ) async throws -> Data {
    var attempt = 1
    while true {
      do {
        var request = api.request("GET", "api/exports/\(export.id)/download")
        request.setValue("bytes=\(first)-\(last)", forHTTPHeaderField: "Range")
        let (data, response) = try await api.session.data(for: request)
        try api.check(data, response)
        guard (response as? HTTPURLResponse)?.statusCode == 206 else {
          throw CommandFailure("the API does not send parts of a file")
        }
        return data
      } catch let error as URLError {
        guard attempt < Self.attempts else { throw error }
        try await Task.sleep(for: .seconds(attempt))
        attempt += 1
      }
    }
  }
}
