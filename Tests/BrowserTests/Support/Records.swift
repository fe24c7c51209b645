import Foundation
import Primitives
import Transfer

/// The records of Martlet, made and read over its API by an administrator.
struct Records: Sendable {
  private let address: String
  private let authorization: String
  private let client = HTTPClient(concurrency: 2)

  /// - Parameters:
  ///   - address: The address of the API.
  ///   - password: The password of the user `admin`.
  init(_ address: String, password: String) {
    self.address = address
    authorization = "Basic " + Data("admin:\(password)".utf8).base64EncodedString()
  }

  /// Reads from a path.
  func get(_ path: String) async throws -> JSONValue { try await send("GET", path) }

  /// Changes a record by JSON.
  func patch(_ path: String, _ json: String) async throws {
    _ = try await send("PATCH", path, Array(json.utf8))
  }

  /// Makes a record of JSON.
  ///
  /// - Parameters:
  ///   - kind: Its path, such as `contacts`.
  ///   - name: The member of the answer that holds it.
  func make(_ kind: String, _ name: String, _ json: String) async throws -> Record {
    let answer = try await send("POST", "/api/\(kind)/new", Array(json.utf8))
    guard let made = answer[name], let id = made["id"]?.int else {
      throw Browser.Failure("\(kind): \(answer)")
    }
    return Record(id: id, members: made)
  }

  /// Has something done by JSON.
  @discardableResult
  func post(_ path: String, _ json: String = "{}") async throws -> JSONValue {
    try await send("POST", path, Array(json.utf8))
  }

  /// The number of contacts that a search finds.
  func count(_ search: String) async throws -> Int {
    let found = search.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return try await get("/api/contacts?limit=1&search=\(found)")["total"]?.int ?? 0
  }

  /// Opens an e-mail as a mail program does, by its picture.
  func open(_ message: String) async throws {
    // Quoted-printable, which also spells a dot at the beginning of a line by its number.
    let text = message.replacing("=\r\n", with: "").replacing("=\n", with: "")
      .replacing("=2E", with: ".")
    guard let picture = text.firstMatch(of: /\/email\/[0-9a-f-]+\.gif/) else {
      throw Browser.Failure("no picture in \(text)")
    }
    _ = try await client.send(
      HTTPCall(
        "GET", address + picture.output, headers: [("User-Agent", "Thunderbird/128.0")],
        timeout: .seconds(60), maximumBody: 4 << 20, allowsPrivateAddresses: true))
  }

  /// Adds a contact to a campaign.
  func add(_ contact: Record, to campaign: Record) async throws {
    _ = try await send("POST", "/api/campaigns/\(campaign.id)/contact/\(contact.id)/add", [])
  }

  /// Uploads a file for an asset.
  ///
  /// - Returns: The name under which it is kept.
  func upload(_ name: String, _ content: String) async throws -> String {
    let body = """
      --edge\r
      Content-Disposition: form-data; name="file"; filename="\(name)"\r
      \r
      \(content)\r
      --edge--\r

      """
    let answer = try await send(
      "POST", "/api/files/media/new", Array(body.utf8), "multipart/form-data; boundary=edge")
    guard let kept = answer["file"]?["name"]?.text else { throw Browser.Failure("\(answer)") }
    return kept
  }

  /// The contact with an address; nil if there is none.
  func contact(_ email: String) async throws -> Record? {
    let found = try await get("/api/contacts?search=email:\(email)")["contacts"]?.elements.first
    guard let found, let id = found["id"]?.int else { return nil }
    return Record(id: id, members: found)
  }

  /// The number of page hits of a contact.
  func hits(of contact: Int) async throws -> Int {
    let path = "/api/contacts/\(contact)/activity?filters[includeEvents][]=page.hit"
    return try await get(path)["total"]?.int ?? 0
  }

  /// The rows of a table of statistics about a record.
  func statistics(_ table: String, _ column: String, _ id: Int) async throws -> [JSONValue] {
    try await get("/api/stats/\(table)?limit=1000")["stats"]?.elements
      .filter { $0[column]?.int == id } ?? []
  }

  private func send(
    _ method: String, _ path: String, _ body: [UInt8]? = nil, _ type: String = "application/json"
  ) async throws -> JSONValue {
    let answer = try await client.send(
      HTTPCall(
        method, address + path,
        headers: [("Authorization", authorization), ("Content-Type", type)], body: body,
        timeout: .seconds(60), maximumBody: 4 << 20, allowsPrivateAddresses: true))
    guard (200..<300).contains(answer.status) else {
      let text = String(decoding: answer.body, as: UTF8.self)
      throw Browser.Failure("\(method) \(path): \(answer.status) \(text.prefix(1_000))")
    }
    return try JSONDecoder().decode(JSONValue.self, from: Data(answer.body))
  }
}

/// A record of Martlet.
struct Record: Sendable {
  let id: Int
  let members: JSONValue

  subscript(name: String) -> JSONValue? { members[name] }
}
