import Foundation
import Primitives
import Testing

@testable import API

/// Fields of a form as its body.
func form(_ fields: [(String, String)]) -> [UInt8] {
  let pairs = fields.map { name, value in
    "\(name)=\(PercentCoding.encode(value.utf8, keeping: PercentCoding.unreserved))"
  }
  return Array(pairs.joined(separator: "&").utf8)
}

let formHeader = "Content-Type: application/x-www-form-urlencoded"

/// A browser that keeps cookies and shows the pages of OAuth.
struct OAuthBrowser {
  let server: TestServer
  private(set) var cookies: [String: String] = [:]

  init(_ bed: APIBed) { server = bed.server }

  mutating func get(_ path: String) async throws -> RawResponse {
    keep(try await server.request("GET", path, as: nil, headers: header))
  }

  mutating func post(_ path: String, _ fields: [(String, String)]) async throws -> RawResponse {
    keep(
      try await server.request(
        "POST", path, as: nil, headers: header + [formHeader], body: form(fields)))
  }

  /// Logs in and approves of what a client asks for; returns where the browser is sent.
  mutating func approve(
    _ fields: [(String, String)], as user: String = "admin", password: String = "secret"
  ) async throws -> String {
    let page = try await get("/oauth/v2/authorize_login?" + Self.query(fields))
    let login = fields + [("_username", user), ("_password", password)]
    let done = try await post(
      "/oauth/v2/authorize_login_check", login + [("token", Self.token(page))])
    #expect(done.status == 302, "\(done.text)")
    return try await decide("approve", fields)
  }

  /// Answers the page that asks whether a client may act for the user; returns where the browser is sent.
  mutating func decide(_ decision: String, _ fields: [(String, String)]) async throws -> String {
    let page = try await get("/oauth/v2/authorize?" + Self.query(fields))
    #expect(page.status == 200, "\(page.headers)")
    let answer = try await post(
      "/oauth/v2/authorize", fields + [("token", Self.token(page)), ("decision", decision)])
    #expect(answer.status == 302, "\(answer.text)")
    return answer.headers["location"] ?? ""
  }

  static func query(_ fields: [(String, String)]) -> String {
    String(decoding: form(fields), as: UTF8.self)
  }

  /// The token in a page's form.
  static func token(_ page: RawResponse) -> String {
    page.text.firstMatch(of: /name="token" value="([^"]*)"/).map { String($0.1) } ?? ""
  }

  private var header: [String] {
    cookies.isEmpty
      ? [] : ["Cookie: " + cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
  }

  private mutating func keep(_ answer: RawResponse) -> RawResponse {
    for cookie in answer.cookies {
      let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
      guard let name = pair.first.map(String.init) else { continue }
      cookies[name] = pair.count == 2 ? String(pair[1]) : nil
    }
    return answer
  }
}

extension APIBed {
  static let callback = "https://app.example.com/cb"

  /// Creates a client; returns what the answer shows of it, the secret included.
  func client(_ members: String = #""redirectUris":["https://app.example.com/cb"]"#) async throws
    -> API.JSONValue
  {
    let made = try await send("POST", "/api/clients/new", "{\"name\":\"App\",\(members)}")
    #expect(made.status == 201, "\(made.text)")
    return made.json["client"] ?? .null
  }

  /// Asks for tokens with the fields of a form.
  func tokens(
    _ grant: String, _ client: API.JSONValue, _ fields: [(String, String)] = []
  ) async throws -> RawResponse {
    var all = [("grant_type", grant), ("client_id", client["clientId"]?.text ?? "")]
    if let secret = client["clientSecret"]?.text { all.append(("client_secret", secret)) }
    return try await server.request(
      "POST", "/oauth/v2/token", as: nil, headers: [formHeader], body: form(all + fields))
  }

  /// Tokens that the user `admin` has let a client have.
  func granted(_ client: API.JSONValue) async throws -> API.JSONValue {
    var browser = OAuthBrowser(self)
    let fields = Self.asked(client)
    let location = try await browser.approve(fields)
    let answer = try await tokens(
      "authorization_code", client,
      [("code", Self.parameter("code", of: location)), ("redirect_uri", Self.callback)])
    #expect(answer.status == 200, "\(answer.text)")
    return answer.json
  }

  /// The parameters of a request for a code.
  static func asked(_ client: API.JSONValue) -> [(String, String)] {
    [
      ("client_id", client["clientId"]?.text ?? ""), ("redirect_uri", callback),
      ("response_type", "code"), ("state", "st\u{e4}te &=\"<"),
    ]
  }

  /// A parameter of an address.
  static func parameter(_ name: String, of address: String) -> String {
    let query = address.split(separator: "?", maxSplits: 1).last ?? ""
    for pair in query.split(separator: "&") where pair.hasPrefix(name + "=") {
      return PercentCoding.decode(pair.dropFirst(name.count + 1).utf8, plusIsBlank: true)
    }
    return ""
  }

  /// One request with a token in the header.
  func bearing(
    _ token: API.JSONValue?, _ method: String, _ path: String, _ body: String = ""
  ) async throws -> RawResponse {
    try await server.request(
      method, path, as: nil,
      headers: ["Authorization: Bearer \(token?.text ?? "")"]
        + (body.isEmpty ? [] : ["Content-Type: application/json"]), body: Array(body.utf8))
  }
}
