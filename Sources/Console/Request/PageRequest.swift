import API
import Foundation
import HTTPTypes
import Users

/// A request for a page: who asks, in which language and zone, and the API that answers what the page shows.
///
/// All that a page reads and changes goes through the handlers of the API's routes, in the same process: permissions, checks,
/// errors and the audit log are theirs (CSL-1, CSL-11).
struct PageRequest: Sendable {
  let request: APIRequest
  /// The session that the browser is in.
  let session: UserSession
  let texts: Texts
  let formats: Formats
  let console: ConsoleEnvironment
  /// The value of forms' field `token`, which ties them to the session; the same in all forms of a page.
  let token: String

  init(_ request: APIRequest, _ session: UserSession, _ console: ConsoleEnvironment) {
    self.request = request
    self.session = session
    self.console = console
    token = console.sessions.formToken(session, BrowserSessions.consoleSubject)
    let user = session.user
    let language = Language(
      locale: user.locale, accepted: request.headers[.acceptLanguage])
    texts = Texts(language)
    formats = Formats(language, zone: user.timeZone)
  }

  /// The user who asks.
  var user: User { session.user }

  /// The id in the path.
  var id: Int64 {
    get throws { try request.id }
  }

  /// A parameter of the query; nil where there is none or an empty one.
  func query(_ name: String) -> String? {
    request.query[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether htmx asks for a part of the page.
  var isPartial: Bool {
    request.headers[.htmxRequest] == "true" && request.headers[.htmxHistoryRestore] == nil
  }

  /// Whether the user may do something in an area, at least with the own records.
  func may(_ action: PermissionAction, _ area: PermissionArea) -> Bool {
    user.rights.access(area, action) > .none
  }

  /// Whether the user has what a page or a route asks.
  func may(_ needs: Requirement) -> Bool { request.user.map { needs.isMet(by: $0) } ?? false }

  // MARK: The API

  /// Reads from the API.
  ///
  /// - Parameters:
  ///   - path: Below `/api/`, such as `contacts/7`.
  ///   - query: Its parameters.
  /// - Throws: `APIError`.
  func get(_ path: String, _ query: JSONObject = [:]) async throws -> JSONValue {
    try await console.api.call(.get, "/api/" + path, query: query, as: request).json
  }

  /// Has the API do something.
  ///
  /// - Throws: `APIError`.
  @discardableResult
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil,
    query: JSONObject = [:]
  ) async throws -> JSONValue {
    try await console.api.call(method, "/api/" + path, query: query, body: body, as: request).json
  }

  /// Reads from the API what the page can do without: nil where the user may not see it, or where it is gone.
  func optional(_ path: String, _ query: JSONObject = [:]) async throws -> JSONValue? {
    do {
      return try await get(path, query)
    } catch let error as APIError where error.status == .forbidden || error.status == .notFound {
      return nil
    }
  }
}
