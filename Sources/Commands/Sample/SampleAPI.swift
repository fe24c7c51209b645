import Foundation
import Primitives
import Transfer

/// The API and the public pages of an installation, as a client with a login and as browsers without one.
struct SampleAPI: Sendable {
  private let client = HTTPClient(concurrency: 8)
  private let base: String
  private let authorization: String

  /// - Throws: `CommandFailure` for an invalid address, or without a login.
  init(url: String, user: String?, password: String?) throws {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw CommandFailure("\(url) is not a URL http://… or https://…", status: .usage)
    }
    guard let user, let password else {
      throw CommandFailure(
        "the API needs a login: --user and --password, or MARTLET_API_USER and "
          + "MARTLET_API_PASSWORD", status: .usage)
    }
    base = url.hasSuffix("/") ? String(url.dropLast()) : url
    authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  /// Calls a route of the API.
  /// - Parameter path: The path without `/api/`, with its query.
  /// - Throws: `CommandFailure` with the API's reason where it refuses.
  @discardableResult
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let bytes = try body.map { [UInt8](try JSONEncoder().encode($0)) }
    return try await send(method, path, type: "application/json", bytes)
  }

  /// Sends a file by a form, behind fields.
  @discardableResult
  func upload(
    _ path: String, name: String, type: String, _ content: [UInt8],
    fields: [(name: String, type: String, value: String)] = []
  ) async throws -> JSONValue {
    let boundary = "martlet-sample-7MA4YWxkTrZu0gW"
    var text = ""
    for field in fields {
      text +=
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n"
        + "Content-Type: \(field.type)\r\n\r\n\(field.value)\r\n"
    }
    text +=
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
      + "Content-Type: \(type)\r\n\r\n"
    let body = Array(text.utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
    return try await send(
      "POST", path, type: "multipart/form-data; boundary=\(boundary)", body)
  }

  private func send(
    _ method: String, _ path: String, type: String, _ body: [UInt8]?
  ) async throws -> JSONValue {
    let answer = try await client.send(
      HTTPCall(
        method, "\(base)/api/\(path)",
        headers: [
          ("Authorization", authorization), ("Accept", "application/json"), ("Content-Type", type),
        ],
        body: body, timeout: .seconds(60), maximumBody: 32 << 20, allowsPrivateAddresses: true))
    let json: JSONValue
    do {
      json = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
    } catch {
      throw CommandFailure("\(base) answers \(method) \(path) with status \(answer.status)")
    }
    guard (200..<300).contains(answer.status) else {
      let reasons = json["errors"]?.elements.compactMap { $0["message"]?.text } ?? []
      throw CommandFailure(
        "\(method) \(path): \(answer.status) \(reasons.joined(separator: "; "))")
    }
    return json
  }

  /// Asks for a public page as a browser does, and follows no redirect.
  /// - Parameters:
  ///   - path: The path with its query, or an address of the installation.
  ///   - form: The fields of a form to send.
  /// - Returns: The page; empty for a redirect.
  @discardableResult
  func browse(
    _ path: String, agent: String, address: String, device: String? = nil,
    form: [(String, String)]? = nil
  ) async throws -> String {
    var headers = [
      (name: "User-Agent", value: agent), (name: "X-Forwarded-For", value: address),
      (name: "Accept-Language", value: "en"),
    ]
    if let device { headers.append(("Cookie", "mautic_device_id=\(device)")) }
    if form != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
    let body = form.map { fields in
      Array(
        fields.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&").utf8)
    }
    let call = HTTPCall(
      form == nil ? "GET" : "POST", base + path, headers: headers, body: body,
      timeout: .seconds(30), maximumBody: 1 << 20, allowsPrivateAddresses: true,
      maximumRedirects: 0)
    return try await page(call)
  }

  /// The page that a call gives; empty where it leads to another site.
  private func page(_ call: HTTPCall) async throws(TransferError) -> String {
    do throws(TransferError) {
      return String(decoding: try await client.send(call).body, as: UTF8.self)
    } catch {
      guard error.code == .redirect else { throw error }
      return ""
    }
  }

  /// Text as a value of a query or a form.
  static func encoded(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}

extension JSONValue {
  /// The elements of an array, or the members' values of an object; else none.
  var elements: [JSONValue] {
    switch self {
    case .array(let elements): elements
    case .object(let members): Array(members.values)
    default: []
    }
  }
}
