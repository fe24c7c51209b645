import Foundation
import Imports

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Hands a file to an API somewhere, with a login.
struct RemoteImports: ImportDesk {
  private let base: URL
  private let authorization: String
  private let session: URLSession

  init(url: String, user: String?, password: String?) throws {
    guard let base = URL(string: url), base.scheme == "http" || base.scheme == "https",
      base.host != nil
    else { throw CommandFailure("\(url) is not a URL http://… or https://…", status: .usage) }
    guard let user, let password else {
      throw CommandFailure(
        "the API needs a login: --user and --password, or MARTLET_API_USER and "
          + "MARTLET_API_PASSWORD", status: .usage)
    }
    self.base = base
    authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    let configuration = URLSessionConfiguration.ephemeral
    // A large file may take the server a while to take in.
    configuration.timeoutIntervalForRequest = 3600
    session = URLSession(configuration: configuration)
  }

  private struct Answer: Decodable {
    let `import`: ImportSummary
  }

  /// In two steps, so that the file is streamed as it is: options first, then its bytes.
  func submit(_ source: FileSource, _ options: ImportOptions) async throws -> ImportSummary {
    guard let path = source.path else {
      throw CommandFailure("standard input cannot be sent to --url: name a file", status: .usage)
    }
    let announced = try await ask(
      "POST", "api/imports/new", type: "application/json", body: try JSONEncoder().encode(options))
    let item = try JSONDecoder().decode(Answer.self, from: announced).import
    do {
      var request = request("PUT", "api/imports/\(item.id)/file")
      request.setValue("text/csv", forHTTPHeaderField: "Content-Type")
      let (data, response) = try await session.upload(
        for: request, fromFile: URL(fileURLWithPath: path))
      try check(data, response)
      return try JSONDecoder().decode(Answer.self, from: data).import
    } catch {
      _ = try await ask("DELETE", "api/imports/\(item.id)/delete")
      throw error
    }
  }

  func summary(_ id: Int64) async throws -> ImportSummary {
    try JSONDecoder().decode(Answer.self, from: try await ask("GET", "api/imports/\(id)")).import
  }

  private struct Failures: Decodable {
    let total: Int
    let rows: [FailedRow]
  }

  func failures(_ id: Int64, limit: Int) async throws -> (total: Int, rows: [FailedRow]) {
    let data = try await ask("GET", "api/imports/\(id)/failed?format=json&limit=\(limit)")
    let found = try JSONDecoder().decode(Failures.self, from: data)
    return (found.total, found.rows)
  }

  /// The API looks users and segments up by number.
  func user(_ name: String?) throws -> Int64? { try number(name, "--owner") }
  func segment(_ alias: String?) throws -> Int64? { try number(alias, "--segment") }

  private func number(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let number = Int64(text) else {
      throw CommandFailure("with --url, \(option) takes a number", status: .usage)
    }
    return number
  }

  private func request(_ method: String, _ path: String) -> URLRequest {
    // Path and query are made here, of numbers alone: they are a valid URL.
    var request = URLRequest(url: URL(string: path, relativeTo: root) ?? base)
    request.httpMethod = method
    request.setValue(authorization, forHTTPHeaderField: "Authorization")
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    return request
  }

  /// With a slash at its end, so that a path below is appended and not put in place.
  private var root: URL {
    base.absoluteString.hasSuffix("/") ? base : URL(string: base.absoluteString + "/") ?? base
  }

  private func ask(
    _ method: String, _ path: String, type: String? = nil, body: Data? = nil
  ) async throws -> Data {
    var request = request(method, path)
    if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
    request.httpBody = body
    let (data, response) = try await session.data(for: request)
    try check(data, response)
    return data
  }

  private struct Refusal: Decodable {
    struct Fault: Decodable { let message: String }
    let errors: [Fault]
  }

  private func check(_ data: Data, _ response: URLResponse) throws {
    guard let status = (response as? HTTPURLResponse)?.statusCode else {
      throw CommandFailure("\(base) does not speak HTTP")
    }
    guard !(200..<300).contains(status) else { return }
    if status == 401 { throw CommandFailure("the API refuses the login") }
    let refusal: Refusal?
    do {
      refusal = try JSONDecoder().decode(Refusal.self, from: data)
    } catch {
      refusal = nil  // a page of a proxy, perhaps: its status says what there is to say
    }
    let reason = refusal?.errors.map(\.message).joined(separator: "; ")
    throw CommandFailure(reason ?? "the API answers with status \(status)")
  }
}
