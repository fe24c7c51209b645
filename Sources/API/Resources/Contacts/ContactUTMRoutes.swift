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
      Route(.post, "\(path)/add", takesIdempotencyKey: true) { try await add($0) },
      Route(.post, "\(path)/{utm}/remove", takesIdempotencyKey: true) { try await remove($0) },
      Route(.post, "\(path)/remove/{utm}", takesIdempotencyKey: true) { try await remove($0) },
    ]
  }

  private func origin(_ request: APIRequest) throws -> ContactOrigin {
    ContactOrigin(try request.requiredUser.author, source: "api", now: clock.now)
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
    func text(_ names: String...) -> String? {
      for name in names {
        if let text = body[name]?.text.map(CleanText.plain), !text.isEmpty { return text }
      }
      return nil
    }
    var tag = NewUTMTag()
    tag.campaign = text("utm_campaign")
    tag.content = text("utm_content")
    tag.medium = text("utm_medium")
    tag.source = text("utm_source")
    tag.term = text("utm_term")
    tag.url = text("url")
    tag.referer = text("referer")
    tag.remoteHost = text("remotehost", "remoteHost")
    tag.userAgent = text("useragent", "userAgent")
    tag.query = try query(body["query"]).map { JSON(bytes: $0.rendered) }
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
