import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Pages
import Primitives
import Tracking

/// Landing pages as visitors see them, at addresses of their own, and their preview for users (tracking.md 13). There is no
/// login here, and any path may come.
struct PageRoutes: Sendable {
  let finder: PageFinder
  let maker: PageMaker
  let tracker: Tracker
  let clock: WallClock

  var routes: [Route] {
    let paths = [
      "/{page:text}", "/{first:text}/{page:text}", "/{first:text}/{second:text}/{page:text}",
    ]
    return paths.map { path in
      Route(.get, path, needs: .anyone, isLastResort: true) { try await show($0) }
        .summarized("A landing page")
    } + [
      Route(.get, "/page/preview/{id}", needs: .on(.page, .view)) { try await preview($0) }
        .summarized("A landing page before it is published")
    ]
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let parts = ["first", "second", "page"].compactMap { request.pathParameters[$0] }
    guard let address = PageAddress(parts) else { return PublicPage.notFound }
    let now = clock.now
    let visit = PageVisitRequest(request, site: maker.site)
    let languages =
      request.query[Self.staying] == nil ? request.headers[.acceptLanguage] ?? "" : nil
    let outcome = try await finder.find(
      address, languages: languages, shown: visit.shownVariants, now: now)
    switch outcome {
    case .nothing: return PublicPage.notFound
    case .moved(let url, let redirect):
      return Self.moved(to: url, redirect == .permanent ? .movedPermanently : .found)
    case .translation(let page):
      // The page's own address: nothing of the request decides where it leads but what it asks with.
      return Self.moved(
        to: "\(maker.address(of: page))?\(visit.query(adding: Self.staying))", .found
      )
      .with(.vary, "Accept-Language")
    case .page(let page, let tested):
      return try await show(page, tested: tested, visit, request, now)
    }
  }

  /// The parameter by which a visitor stays in the language of the address.
  private static let staying = "ntrd"

  private static func moved(to url: String, _ status: HTTPResponse.Status) -> APIResponse {
    APIResponse(
      status: status, headers: [.location: url, .cacheControl: "private, no-store"],
      body: .whole(ByteBuffer()))
  }

  /// Records the visit and sends the page, with what is known of the visitor in it.
  private func show(
    _ page: PageOutline, tested: Int64?, _ visit: PageVisitRequest, _ request: APIRequest,
    _ now: Date
  ) async throws -> APIResponse {
    let outcome = await record(page, visit, request, now)
    var showing = PageMaker.Showing(isTracked: outcome != .user)
    var cookies: [TrackingCookie] = []
    if case .tracked(let device, let contact, let hit) = outcome {
      showing.contact = contact
      showing.hit = UUID(uuidString: hit)
      cookies = TrackingCookie.all(device: device, contact: contact, hit: hit)
      if let tested {
        cookies.append(
          TrackingCookie(
            name: PageVisitRequest.variantCookie(tested), value: String(page.id),
            seconds: 31_536_000))
      }
    }
    guard let html = try await maker.html(page, for: showing, now: now) else {
      return PublicPage.notFound
    }
    var response = Self.response(html, page)
    guard !cookies.isEmpty else { return response }
    let settings = try await tracker.settings()
    for cookie in cookies {
      response.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
    }
    return response
  }

  /// A visit that cannot be kept is lost to the statistics; the visitor gets the page all the same.
  private func record(
    _ page: PageOutline, _ visit: PageVisitRequest, _ request: APIRequest, _ now: Date
  ) async -> Tracker.Outcome {
    do {
      return try await tracker.hit(
        VisitRequest(request, parameters: visit.parameters(of: page), at: now), isStrict: false,
        pages: page.counted)
    } catch {
      request.logger.warning("a visit was not recorded", metadata: ["error": "\(error)"])
      return .untracked
    }
  }

  /// The page as it would be seen, published or not, also as a contact sees it (`contactId`). Nothing is recorded.
  private func preview(_ request: APIRequest) async throws -> APIResponse {
    guard let page = try await finder.page(try request.id) else { throw APIError.notFound }
    let contact = request.query["contactId"]?.integer.map { Int64($0) }
    let showing = PageMaker.Showing(contact: contact, isTracked: false)
    guard let html = try await maker.html(page, for: showing, now: clock.now) else {
      throw APIError.notFound
    }
    return Self.response(html, page).with(.robots, "noindex, nofollow")
  }

  /// A page is its author's own, with scripts and pictures from anywhere: no policy of ours narrows it. Its address may
  /// hold what identifies the visitor, and is not passed on to other sites.
  private static func response(_ html: [UInt8], _ page: PageOutline) -> APIResponse {
    var headers: HTTPFields = [
      .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
      .contentLanguage: page.language.replacing("_", with: "-"), .vary: "Accept-Language",
      .referrerPolicy: "strict-origin-when-cross-origin", .xContentTypeOptions: "nosniff",
    ]
    if page.isHiddenFromSearch { headers[.robots] = "noindex" }
    return APIResponse(headers: headers, body: .whole(ByteBuffer(bytes: html)))
  }
}

/// What a request for a page says of the visit.
struct PageVisitRequest: Sendable {
  private let request: APIRequest
  /// The address of this installation.
  private let site: String
  /// The members of the query, as names and texts.
  private let members: [(name: String, text: String)]

  /// The parts of a query that are looked at; further ones are passed over.
  private static let limit = 100

  init(_ request: APIRequest, site: String) {
    self.request = request
    self.site = site
    members = (request.query.asObject ?? [:]).members.prefix(Self.limit).compactMap { member in
      member.value.text.map { (member.key, $0) }
    }
  }

  static func variantCookie(_ page: Int64) -> String { "mautic_page_\(page)" }

  /// The variants that the browser was shown before, by the id of the tested page.
  var shownVariants: [Int64: Int64] {
    var shown: [Int64: Int64] = [:]
    let prefix = Self.variantCookie(0).dropLast()
    for pair in (request.headers[.cookie] ?? "").split(separator: ";").prefix(Self.limit) {
      let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).trimmingBlanks }
      guard parts.count == 2, parts[0].hasPrefix(prefix),
        let page = Int64(parts[0].dropFirst(prefix.count)), let variant = Int64(parts[1])
      else { continue }
      shown[page] = variant
    }
    return shown
  }

  /// The query with one more member.
  func query(adding name: String) -> String {
    encoded(members.filter { $0.name != name } + [(name, "1")])
  }

  /// The parameters of the visit. Those of the query count as the page's own: none of them can make the visitor somebody
  /// else, except the signed reference of a link in one of our e-mails.
  func parameters(of page: PageOutline) -> [String: String] {
    let query = encoded(members.filter { $0.name != "ct" })
    var sent = [
      ("page_url", site + request.path + (query.isEmpty ? "" : "?\(query)")),
      ("page_title", page.title), ("page_language", page.language),
      ("page_referrer", request.headers[.referer] ?? ""),
    ]
    if let reference = members.first(where: { $0.name == "ct" }) {
      sent.append(("ct", reference.text))
    }
    return PageParameters.merged(sent).all
  }

  private func encoded(_ members: [(name: String, text: String)]) -> String {
    members.map { name, text in
      PercentCoding.encode(name.utf8, keeping: PercentCoding.unreserved) + "="
        + PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
    }.joined(separator: "&")
  }
}
