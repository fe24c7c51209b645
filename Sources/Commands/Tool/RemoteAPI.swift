import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A remote API, with a login.
struct RemoteAPI {
  let session: URLSession
  private let base: URL
  private let authorization: String

  /// - Throws: `CommandFailure` for an invalid address, or without a login.
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
    // The server may need a while to receive a large file.
    configuration.timeoutIntervalForRequest = 3600
    session = URLSession(configuration: configuration)
  }

  /// A request with the login.
  /// - Parameter path: Path and query, made by the program of numbers alone: they are a valid URL.
  func request(_ method: String, _ path: String) -> URLRequest {
    var request = URLRequest(url: URL(string: path, relativeTo: root) ?? base)
    request.httpMethod = method
    request.setValue(authorization, forHTTPHeaderField: "Authorization")
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    return request
  }

  /// With a slash at its end, so that a path is appended and does not replace it.
  private var root: URL {
    base.absoluteString.hasSuffix("/") ? base : URL(string: base.absoluteString + "/") ?? base
  }

  /// Sends a request and returns the answer's content.
  /// - Throws: `CommandFailure` with the API's reason where it refuses.
  func ask(
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

  /// - Throws: `CommandFailure` with the API's reason where it refuses.
  func check(_ data: Data, _ response: URLResponse) throws {
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
