import Contacts
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Tracking
import UserAgents

/// Web tracking: the script, and page hits by script and by image (tracking.md 1 to 6). There is no login here, and any
/// bytes may arrive.
struct PageTrackingRoutes: Sendable {
  let tracker: Tracker
  let clock: WallClock
  /// The sites whose scripts may read answers.
  let origins: @Sendable () async -> AllowedOrigins
  private let site: String
  private let scripts: PageScripts

  init(
    environment: TrackingEnvironment, clock: WallClock,
    origins: @escaping @Sendable () async -> AllowedOrigins
  ) {
    tracker = environment.tracker
    self.clock = clock
    self.origins = origins
    site = environment.site.url
    scripts = PageScripts(site: environment.site.url)
  }

  var routes: [Route] {
    [
      Route(.get, "/mtc.js", needs: .anyone) { _ in
        Self.script(scripts.current(try await tracker.settings().services).full)
      }.summarized("The script that counts visits"),
      Route(.get, "/mtc-lite.js", needs: .anyone) { _ in Self.script(scripts.plain.lite) }
        .summarized("The same without what sites seldom use"),
      Route(.get, "/mtc-video.js", needs: .anyone) { _ in Self.script(scripts.plain.video) }
        .summarized("The part of it for films"),
      Route(.get, "/mtracking.gif", needs: .anyone) { try await image($0) }.summarized(
        "Count a visit by a picture"),
      Route(.get, "/mtc/event", needs: .anyone) { try await event($0) }.summarized("Count a visit"),
      Route(.post, "/mtc/event", needs: .anyone) { try await event($0) }.summarized(
        "Count a visit"),
      Route(.get, "/mtc", needs: .anyone) { try await contact($0) }.summarized(
        "The contact of a visitor"),
    ]
  }

  /// The picture, whatever went wrong, unless the hit could be kept nowhere: then an error, so that the script sends it
  /// again.
  private func image(_ request: APIRequest) async throws -> APIResponse {
    // The page's address may be missing, or have its old name.
    let hasField = await tracker.hasField("url")
    let (parameters, isWhole) = PageParameters.merged(Self.flat(request.query)) { old in
      (hasField ? nil : old) ?? request.headers[.referer]
    }
    let visit = VisitRequest(request, parameters: parameters, at: clock.now)
    // The script sends a hit by image if it could not read the answer of the first way.
    let use: ContentsUse = parameters["hit_id"] == nil ? .none : .returns
    let outcome = try await keeping(request) {
      try await tracker.hit(visit, isWhole: isWhole, isStrict: false, contents: use).outcome
    }
    do {
      return try await withCookies(.pixel, outcome)
    } catch  where !Task.isCancelled {
      request.logger.warning("a picture goes without cookies", metadata: ["error": "\(error)"])
      return .pixel
    }
  }

  private func event(_ request: APIRequest) async throws -> APIResponse {
    var sent = Self.flat(request.query)
    if request.method == .post { sent += Self.flat(try await request.parameters()) }
    let (parameters, isWhole) = PageParameters.merged(sent)
    let visit = VisitRequest(request, parameters: parameters, at: clock.now)
    // Only what the page says itself counts here, not the query of its address.
    let isRefused = sent.contains { $0.0 == "events" && $0.1 == "0" }
    let mayTake = isRefused ? false : await isReadable(request)
    let use: ContentsUse = mayTake ? .takes : .none
    let (outcome, contents) = try await keeping(request) {
      try await tracker.hit(visit, isWhole: isWhole, isStrict: true, contents: use)
    }
    switch outcome {
    case .user, .unreadable: return APIResponse(json: ["success": 0])
    case .untracked, .anonymous: return APIResponse(json: answer(nil, contact: nil))
    case .tracked(let device, let contact, _):
      return try await withCookies(
        APIResponse(json: answer(device, contact: contact, contents)), outcome)
    }
  }

  /// Whether the page that sends a request can read its answer: it is of no other site, or of one that may. What waits
  /// for a contact must not go into an answer that its browser keeps from the page.
  private func isReadable(_ request: APIRequest) async -> Bool {
    guard let origin = request.headers[.origin] else { return true }
    if "\(site)/".lowercased().hasPrefix("\(origin.lowercased())/") { return true }
    let headers = await origins().headers(for: request.headers)
    return headers[.accessControlAllowOrigin] != nil
  }

  private func answer(
    _ device: String?, contact: Int64?, _ contents: [VisitorContent] = []
  ) -> JSONValue {
    [
      "success": 1, "id": JSONValue(contact), "sid": JSONValue(device),
      "device_id": JSONValue(device), "events": VisitorContent.json(contents, site: site),
    ]
  }

  /// Who the browser is.
  private func contact(_ request: APIRequest) async throws -> APIResponse {
    let (parameters, _) = PageParameters.merged(Self.flat(request.query))
    let visit = VisitRequest(request, parameters: parameters, at: clock.now)
    let visitor = try await keeping(request) { try await tracker.whoAmI(visit) }
    guard let visitor else { return APIResponse(json: [:]) }
    let device = visitor.device.trackingID
    var answer = APIResponse(
      json: [
        "id": JSONValue(visitor.contact), "sid": .string(device), "device_id": .string(device),
      ])
    try await add(TrackingCookie.all(device: device, contact: visitor.contact), to: &answer)
    return answer
  }

  // MARK: Answers

  /// Does what keeps a hit, and answers 503 where it could be kept nowhere: the script then sends it again.
  ///
  /// A browser that leaves the page closes its connection, which cancels requests that only read. Its hit counts all
  /// the same, so the work has a task of its own, whose end is waited for.
  private func keeping<R: Sendable>(
    _ request: APIRequest, _ work: @escaping @Sendable () async throws -> R
  ) async throws -> R {
    do {
      return try await Task { try await work() }.value
    } catch {
      request.logger.warning("a hit was not kept", metadata: ["error": "\(error)"])
      throw APIError.unavailable("The hit could not be kept. Send it again.")
    }
  }

  private func withCookies(
    _ answer: APIResponse, _ outcome: Tracker.Outcome
  ) async throws -> APIResponse {
    guard case .tracked(let device, let contact, let hit) = outcome else { return answer }
    var answer = answer
    try await add(TrackingCookie.all(device: device, contact: contact, hit: hit), to: &answer)
    return answer
  }

  private func add(_ cookies: [TrackingCookie], to answer: inout APIResponse) async throws {
    let settings = try await tracker.settings()
    for cookie in cookies {
      answer.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
    }
  }

  private static func script(_ bytes: [UInt8]) -> APIResponse {
    APIResponse(
      headers: [.contentType: "application/javascript", .cacheControl: "public, max-age=3600"],
      body: .whole(ByteBuffer(bytes: bytes)))
  }

  /// Parameters as names and texts; several values of one name are joined by commas.
  static func flat(_ value: JSONValue) -> [(String, String)] {
    (value.asObject ?? [:]).members.compactMap { member in
      if case .array(let items) = member.value {
        return (member.key, items.compactMap(\.text).joined(separator: ","))
      }
      return member.value.text.map { (member.key, $0) }
    }
  }
}

extension APIRequest {
  /// Whether nobody looks at what is answered yet: `HEAD`, or what is fetched in advance.
  var isAdvance: Bool {
    let purposes: [HTTPField.Name] = [.secPurpose, .purpose, .xPurpose, .xMoz]
    return method == .head
      || purposes.contains { name in
        let purpose = headers[name]?.lowercased() ?? ""
        return ["prefetch", "prerender", "preview"].contains { purpose.contains($0) }
      }
  }
}

extension VisitRequest {
  /// What a request tells of its visitor.
  init(_ request: APIRequest, parameters: [String: String], at now: Date) {
    let headers = request.headers
    self.init(
      parameters: parameters, cookies: Self.cookies(headers[.cookie] ?? ""),
      address: request.remoteAddress, agent: headers[.userAgent] ?? "",
      hints: Self.hints { name in Self.hintNames[name].flatMap { headers[$0] } },
      languages: headers[.acceptLanguage] ?? "", isByUser: headers[.authorization] != nil,
      isAdvance: request.isAdvance,
      hasPrivacySignal: headers[.secGPC] == "1" || headers[.doNotTrack] == "1", at: now,
      claim: DeviceTrackingStore.makeID())
  }

  /// What headers say of the browser. The app's is left out: of the requests of one page only images have it.
  static func hints(_ header: (String) -> String?) -> ClientHints {
    var hints = ClientHints(headers: header)
    hints.app = ""
    return hints
  }

  static let hintNames = Dictionary(
    uniqueKeysWithValues: ClientHints.headers.compactMap { name in
      HTTPField.Name(name).map { (name, $0) }
    })

  /// The cookies that tracking reads.
  private static func cookies(_ header: String) -> [String: String] {
    var cookies: [String: String] = [:]
    // The old cookie names another one, which may come before it.
    let session = header.split(separator: ";").prefix(100).lazy
      .map { String($0).trimmingBlanks }.first { $0.hasPrefix("mautic_session_id=") }
      .map { $0.dropFirst("mautic_session_id=".count) }
    for pair in header.split(separator: ";").prefix(100) {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = String(parts[0]).trimmingBlanks
      guard name.hasPrefix("mautic_") || name.hasPrefix("mtc_") || name[...] == session,
        parts[1].utf8.count <= 200
      else { continue }
      cookies[name] = String(parts[1]).trimmingBlanks
    }
    return cookies
  }
}
