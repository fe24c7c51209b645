import Contacts
import Foundation
import Hummingbird
import JobQueue
import Postgres
import Primitives

/// `/api/contacts/{id}/utm/…` (API page, 8.2), with the old form of the path (section 3).
struct ContactUTMRoutes: Sendable {
  let editor: ContactEditor
  let clock: WallClock

  var routes: [Route] {
    let path = "/api/contacts/{id}/utm"
    return [
      Route(.post, "\(path)/add", needs: .on(.contact, .edit), takesIdempotencyKey: true) {
        try await add($0)
      }.described(
        "Add a set of UTM parameters to a contact",
        body: """
          utm_campaign:text utm_content:text utm_medium:text utm_source:text utm_term:text url:text \
          referer:text remotehost:text remoteHost:text useragent:text userAgent:text query:any \
          lastActive:date
          """, answer: "contact:Contact"),
      Route(.post, "\(path)/{utm}/remove", needs: .on(.contact, .edit), takesIdempotencyKey: true) {
        try await remove($0)
      }.described("Remove a set of UTM parameters", answer: "recordFound:truth contact:Contact"),
      Route(.post, "\(path)/remove/{utm}", needs: .on(.contact, .edit), takesIdempotencyKey: true) {
        try await remove($0)
      }.described("Remove a set of UTM parameters", answer: "recordFound:truth contact:Contact"),
    ]
  }

  private func origin(_ request: APIRequest) throws -> ContactOrigin {
    try request.contactOrigin(at: clock.now)
  }

  private func add(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    let tag = try Self.tag(body)
    let lastActive = try Self.date(body["lastActive"])
    guard !tag.isEmpty || lastActive != nil else {
      throw APIError.badRequest("Name at least one parameter, such as utm_source.")
    }
    guard
      let contact = try await editor.addUTM(
        tag, to: try request.id, lastActive: lastActive, from: try origin(request))
    else { throw APIError.notFound }
    return ContactAnswer.whole(contact)
  }

  private func remove(_ request: APIRequest) async throws -> APIResponse {
    guard let utm = Int64(try request.pathText("utm")) else { throw APIError.notFound }
    let (contact, isFound) = try await editor.removeUTM(
      utm, from: try request.id, from: try origin(request))
    guard let contact else { throw APIError.notFound }
    guard isFound else {
      throw APIError.badRequest("The contact has no set of UTM parameters \(utm).")
    }
    return ContactAnswer.whole(contact, recordFound: true)
  }

  private static func tag(_ body: JSONValue) throws -> NewUTMTag {
    func text(_ names: String..., limit: Int = 255) throws(APIError) -> String? {
      for name in names {
        guard let given = body[name]?.text else { continue }
        let text = try BoundedText.plain(given, name, limit: limit)
        if !text.isEmpty { return text }
      }
      return nil
    }
    var tag = NewUTMTag()
    tag.campaign = try text("utm_campaign")
    tag.content = try text("utm_content")
    tag.medium = try text("utm_medium")
    tag.source = try text("utm_source")
    tag.term = try text("utm_term")
    tag.url = try text("url", limit: 10_000)
    tag.referer = try text("referer", limit: 10_000)
    tag.remoteHost = try text("remotehost", "remoteHost")
    tag.userAgent = try text("useragent", "userAgent", limit: 2_000)
    tag.query = try query(body["query"]).map { JSON(bytes: $0.rendered) }
    if let count = tag.query?.bytes.count, count > 65_536 {
      throw APIError.validation([("query", ["\(count) bytes: longer than 65536"])])
    }
    return tag
  }

  /// An object, or a query string that is read as one.
  private static func query(_ value: JSONValue?) throws -> JSONValue? {
    guard let value, value != .null, !value.isEmptyContainer else { return nil }
    if let text = value.text {
      let parsed = try BracketParameters.parse(
        (text.hasPrefix("?") ? text.dropFirst() : text[...]).utf8)
      return parsed.isEmptyContainer ? nil : parsed
    }
    return value
  }

  private static func date(_ value: JSONValue?) throws(APIError) -> Date? {
    guard let value, value != .null, value.text?.trimmingBlanks.isEmpty != true else { return nil }
    guard let date = value.text.flatMap({ WireDate.parse($0.trimmingBlanks) }) else {
      throw .validation([("lastActive", ["\(ContactBody.shown(value)): not a date"])])
    }
    return date
  }
}
