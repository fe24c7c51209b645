import Foundation
import HTTPTypes
import Hummingbird
import Mail
import Tracking

/// Resources for mail programs and browsers: the pixel, the web version, tracked links (tracking.md 10, 11). There is
/// no login here, and any bytes may arrive.
struct TrackingRoutes: Sendable {
  let environment: MailEnvironment
  let visitors: MailVisitors
  private let buffer: EngagementBuffer

  init(environment: MailEnvironment, visitors: MailVisitors) {
    self.environment = environment
    self.visitors = visitors
    buffer = EngagementBuffer(environment: environment)
  }

  var routes: [Route] {
    [
      Route(.get, "/email/{file:text}", needs: .anyone) { try await pixel($0) }.summarized(
        "The picture that tells that an e-mail was opened"),
      Route(.get, "/email/view/{hash:text}", needs: .anyone) { try await view($0) }.summarized(
        "An e-mail in the browser"),
      Route(.get, "/email/preview/{id}", needs: .anyone) { try await preview($0) }.summarized(
        "An e-mail before it is sent"),
      Route(.get, "/r/{key:text}", needs: .anyone) { try await follow($0) }.summarized(
        "Follow a link of an e-mail"),
      Route(.get, "/redirect/{key:text}", needs: .anyone) { try await follow($0) }.summarized(
        "Follow a link of an e-mail, by an old path"),
    ]
  }

  /// Always answers the picture, even for an unknown hash or if nothing can be recorded (EML-340).
  private func pixel(_ request: APIRequest) async throws -> APIResponse {
    let file = try request.pathText("file")
    guard file.lowercased().hasSuffix(".gif") else { throw APIError.unknownRoute }
    await record(.open(inBrowser: false), SendHash.parse(file.dropLast(4)), request)
    return .pixel
  }

  private func view(_ request: APIRequest) async throws -> APIResponse {
    guard let hash = SendHash.parse(try request.pathText("hash")),
      let page = try await WebVersions(environment: environment).page(hash)
    else { return PublicPage.notFound }
    await record(.open(inBrowser: true), hash, request)
    return await visitors.recognizing(
      hash, request, APIResponse(html: page, policy: .message))
  }

  private func preview(_ request: APIRequest) async throws -> APIResponse {
    // A page that is not public answers like one that does not exist: the answer must not tell which ids there are.
    guard let page = try await WebVersions(environment: environment).preview(try request.id) else {
      return PublicPage.notFound
    }
    return APIResponse(html: page, policy: .message)
  }

  /// The redirect does not wait for its recording (EML-357).
  private func follow(_ request: APIRequest) async throws -> APIResponse {
    let reference = request.query["ct"]?.text
    let key = try request.pathText("key")
    if let hash = reference.flatMap({ environment.clickthrough($0)?.hash }),
      environment.isTrap(key, hash)
    {
      await record(.trap, hash, request)
      return PublicPage.message("Nothing here", "There is nothing to see here.")
    }
    let parameters = (request.query.asObject ?? [:]).members.compactMap { member in
      member.value.text.map { (member.key, $0) }
    }
    guard
      let target = try await LinkTargets(environment: environment).find(
        key, reference: reference,
        parameters: Array(parameters.prefix(100)))
    else { return PublicPage.notFound }
    var followed: Followed?
    if target.hash != nil, let reference {
      followed = await visitors.follow(
        request, reference: reference, page: target.page,
        parameters: Array(parameters.prefix(100)))
    }
    await record(.click(link: target.link), target.hash, request, visit: followed?.visit)
    var answer = APIResponse(
      status: .found, headers: [.location: target.url, .cacheControl: "private, no-store"],
      body: .whole(ByteBuffer()))
    await visitors.addCookies(of: followed, with: request.logger, to: &answer)
    return answer
  }

  /// An event that cannot be recorded is lost to the statistics; the reader gets the resource all the same.
  private func record(
    _ kind: MailEngagement.Kind, _ hash: UUID?, _ request: APIRequest, visit: String? = nil
  ) async {
    // A user's own view is not an engagement (EML-342), nor is what is fetched in advance (EML-366).
    guard let hash, request.method == .get, !request.isAdvance,
      request.headers[.authorization] == nil
    else { return }
    let agent = request.headers[.userAgent]
    do {
      let filter = EngagementFilter(try await environment.currentSettings())
      guard !filter.ignores(address: request.remoteAddress, agent: agent) else { return }
      try await buffer.append(
        MailEngagement(
          kind, hash: hash, at: environment.clock.now, address: request.remoteAddress, agent: agent,
          visit: visit))
    } catch {
      request.logger.warning("an act was not recorded", metadata: ["error": "\(error)"])
    }
  }
}
