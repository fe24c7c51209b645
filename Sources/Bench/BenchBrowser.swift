import Foundation
import Primitives

/// Requests as a browser sends them that is signed in.
struct BenchBrowser: Sendable {
  static let (user, password) = ("bench", "benchmark")

  let port: Int
  private let cookie: String

  /// Waits until the API answers, and signs in.
  ///
  /// - Throws: ``BenchError`` where it does not answer within a minute, or refuses.
  init(port: Int) async throws {
    self.port = port
    let host = "Host: 127.0.0.1:\(port)\r\n"
    let load = Load(port: port, connections: 1)
    let latest = ContinuousClock.now + .seconds(60)
    var page: Load.Answer?
    while page == nil {
      do {
        page = try await load.whole(
          Array("GET /account/login HTTP/1.1\r\n\(host)\r\n".utf8))
      } catch {
        guard ContinuousClock.now < latest else { throw BenchError("the API does not answer") }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    guard let page,
      let token = page.body.firstMatch(of: /name="token" value="([^"]*)"/).map({ String($0.1) })
    else { throw BenchError("the page to sign in has no form") }
    let form =
      "return=%2Fconsole&token=\(token)&_username=\(Self.user)&_password=\(Self.password)"
    let signedIn = try await load.whole(
      Array(
        """
        POST /account/login HTTP/1.1\r\n\(host)Cookie: \(page.cookies)\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        Content-Length: \(form.utf8.count)\r\n\r\n\(form)
        """.utf8))
    guard signedIn.cookies.contains("martlet_session=") else {
      throw BenchError("signing in was answered with \(signedIn.status)")
    }
    cookie = signedIn.cookies
  }

  /// A request for a page, or for an answer of the API, as bytes.
  ///
  /// - Parameter accept: The value of `Accept-Encoding`.
  func get(_ path: String, accept: String = "gzip, deflate, br") -> [UInt8] {
    Array(
      """
      GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n\
      Accept-Encoding: \(accept)\r\n\r\n
      """.utf8)
  }

  /// Sends JSON with a password, as other programs do, and waits for an answer of the class 2xx.
  ///
  /// - Returns: The content.
  @discardableResult
  func send(_ method: String, _ path: String, _ json: String) async throws -> JSONValue {
    let credentials = Data("\(Self.user):\(Self.password)".utf8).base64EncodedString()
    let answer = try await Load(port: port, connections: 1).whole(
      Array(
        """
        \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Basic \(credentials)\r\n\
        Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)
        """.utf8))
    guard (200..<300).contains(answer.status) else {
      throw BenchError("\(method) \(path): \(answer.status) \(answer.body.prefix(300))")
    }
    return try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8))
  }

  /// Makes a record and returns its id.
  func make(_ kind: String, _ member: String, _ json: String) async throws -> Int64 {
    let answer = try await send("POST", "/api/\(kind)/new", json)
    guard let id = answer[member]?["id"]?.int else { throw BenchError("\(kind): \(answer)") }
    return Int64(id)
  }
}
