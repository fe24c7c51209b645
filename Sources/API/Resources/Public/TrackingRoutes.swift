import Foundation
import HTTPTypes
import Hummingbird
import Mail

/// Resources for mail programs and browsers: the pixel, the web version, tracked links (tracking.md 10, 11). There is
/// no login here, and any bytes may arrive.
struct TrackingRoutes: Sendable {
  let environment: MailEnvironment
  private let buffer: EngagementBuffer

  init(environment: MailEnvironment) {
    self.environment = environment
    buffer = EngagementBuffer(environment: environment)
  }

  var routes: [Route] {
    [
      Route(.get, "/email/{file:text}", access: .anyone) { try await pixel($0) },
      Route(.get, "/email/view/{hash:text}", access: .anyone) { try await view($0) },
      Route(.get, "/email/preview/{id}", access: .anyone) { try await preview($0) },
      Route(.get, "/r/{key:text}", access: .anyone) { try await follow($0) },
      Route(.get, "/redirect/{key:text}", access: .anyone) { try await follow($0) },
    ]
  }

  /// Always answers the picture, even for an unknown hash or if nothing can be recorded (EML-340).
  private func pixel(_ request: APIRequest) async throws -> APIResponse {
    let file = try request.pathText("file")
    guard file.lowercased().hasSuffix(".gif") else { throw APIError.unknownRoute }
    await record(.open(inBrowser: false), SendHash.parse(file.dropLast(4)), request)
    return Self.picture
  }

  private func view(_ request: APIRequest) async throws -> APIResponse {
    guard let hash = SendHash.parse(try request.pathText("hash")),
      let page = try await WebVersions(environment: environment).page(hash)
    else { return PublicPage.notFound }
    await record(.open(inBrowser: true), hash, request)
    return APIResponse(html: page, policy: .message)
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
    let parameters = (request.query.asObject ?? [:]).members.compactMap { member in
      member.value.text.map { (member.key, $0) }
    }
    guard
      let target = try await LinkTargets(environment: environment).find(
        try request.pathText("key"), reference: reference,
        parameters: Array(parameters.prefix(100)))
    else { return PublicPage.notFound }
    await record(.click(link: target.link), target.hash, request)
    return APIResponse(
      status: .found, headers: [.location: target.url, .cacheControl: "private, no-store"],
      body: .whole(ByteBuffer()))
  }

  /// An event that cannot be recorded is lost to the statistics; the reader gets the resource all the same.
  private func record(_ kind: MailEngagement.Kind, _ hash: UUID?, _ request: APIRequest) async {
    // A user's own view is not an engagement (EML-342).
    guard let hash, request.method == .get, request.headers[.authorization] == nil else { return }
    let agent = request.headers[.userAgent]
    do {
      let filter = EngagementFilter(try await environment.currentSettings())
      guard !filter.ignores(address: request.remoteAddress, agent: agent) else { return }
      try await buffer.append(
        MailEngagement(
          kind, hash: hash, at: environment.clock.now, address: request.remoteAddress, agent: agent)
      )
    } catch {
      request.logger.warning("an act was not recorded", metadata: ["error": "\(error)"])
    }
  }

  /// One transparent pixel, never cached (tracking.md 1).
  private static let picture: APIResponse = {
    let bytes: [UInt8] = [
      0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0x21,
      0xF9, 4, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ]
    var response = APIResponse(body: .whole(ByteBuffer(bytes: bytes)))
    response.headers[.contentType] = "image/gif"
    response.headers[.cacheControl] =
      "private, no-cache, no-cache=Set-Cookie, proxy-revalidate"
    response.headers[.expires] = "Wed, 11 Jan 2000 12:59:00 GMT"
    response.headers[.pragma] = "no-cache"
    return response
  }()
}
