import Foundation
import Imports

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends a file to a remote API, with a login.
struct RemoteImports: ImportDesk {
  private let api: RemoteAPI

  init(url: String, user: String?, password: String?) throws {
    api = try RemoteAPI(url: url, user: user, password: password)
  }

  private struct Answer: Decodable {
    let `import`: ImportSummary
  }

  /// In two steps, so that the file is streamed as it is: options first, then its bytes.
  func submit(_ source: FileSource, _ options: ImportOptions) async throws -> ImportSummary {
    guard let path = source.path else {
      throw CommandFailure("standard input cannot be sent to --url: name a file", status: .usage)
    }
    let announced = try await api.ask(
      "POST", "api/imports/new", type: "application/json", body: try JSONEncoder().encode(options))
    let item = try JSONDecoder().decode(Answer.self, from: announced).import
    do {
      var request = api.request("PUT", "api/imports/\(item.id)/file")
      request.setValue("text/csv", forHTTPHeaderField: "Content-Type")
      let (data, response) = try await api.session.upload(
        for: request, fromFile: URL(fileURLWithPath: path))
      try api.check(data, response)
      return try JSONDecoder().decode(Answer.self, from: data).import
    } catch {
      _ = try await api.ask("DELETE", "api/imports/\(item.id)/delete")
      throw error
    }
  }

  func summary(_ id: Int64) async throws -> ImportSummary {
    try JSONDecoder().decode(Answer.self, from: try await api.ask("GET", "api/imports/\(id)"))
      .import
  }

  private struct Failures: Decodable {
    let total: Int
    let rows: [FailedRow]
  }

  func failures(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [FailedRow]) {
    let data = try await api.ask("GET", "api/imports/\(id)/failed?format=json&limit=\(limit)")
    let found = try JSONDecoder().decode(Failures.self, from: data)
    return (found.total, found.rows)
  }

  private struct Warnings: Decodable {
    let total: Int
    let rows: [WarnedRow]
  }

  func warnings(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [WarnedRow]) {
    let data = try await api.ask("GET", "api/imports/\(id)/warnings?limit=\(limit)")
    let found = try JSONDecoder().decode(Warnings.self, from: data)
    return (found.total, found.rows)
  }

  func undo(_ id: Int64) async throws { _ = try await api.ask("POST", "api/imports/\(id)/undo") }

  private struct Undone: Decodable {
    struct Item: Decodable { let undo: State? }
    struct State: Decodable {
      let dateEnded: String?
      let removedCount: Int
      let keptCount: Int
    }
    let `import`: Item
  }

  func undoing(_ id: Int64) async throws -> UndoneImport? {
    let data = try await api.ask("GET", "api/imports/\(id)")
    return try JSONDecoder().decode(Undone.self, from: data).import.undo.map {
      UndoneImport(
        id: id, removed: $0.removedCount, kept: $0.keptCount, ended: $0.dateEnded != nil)
    }
  }

  /// The API looks users and segments up by id.
  func user(_ name: String?) throws -> Int64? { try number(name, "--owner") }
  func segment(_ alias: String?) throws -> Int64? { try number(alias, "--segment") }

  private func number(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let number = Int64(text) else {
      throw CommandFailure("with --url, \(option) takes a number", status: .usage)
    }
    return number
  }
}
