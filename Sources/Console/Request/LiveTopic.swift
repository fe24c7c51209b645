import API
import Hummingbird
import ServiceLifecycle

/// Figures of a page that its browsers watch.
struct LiveTopic: Sendable {
  /// The path below `/console/live`, such as `/campaigns/{id}`.
  var path: String
  var needs: Requirement
  /// Reads the figures: an object whose members the page shows where `data-figure` names them.
  var look: @Sendable (PageRequest) async throws -> JSONValue

  /// The longest that a browser is served without proving its session again, in seconds; it comes back by itself.
  static let longest = 300
  /// The longest silence, in seconds, after which servers between may close a connection.
  private static let silence = 15

  /// The route that sends the figures as events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
  func route(_ hub: LiveHub) -> ConsoleRoute {
    .get("/live" + path, needs: needs) { page in
      // Permissions are this user's own; only then is there something to share.
      let first = try await look(page)
      let name = page.request.path
      return .other(
        APIResponse(
          headers: [
            .contentType: "text/event-stream", .cacheControl: "no-store",
            .accelBuffering: "no",
          ],
          body: .stream { writer in
            try await Self.event(first.rendered, &writer)
            let stream = await hub.watch(name) { try await look(page) }
            let ends = ContinuousClock.now + .seconds(Self.longest)
            for await figures in stream.cancelOnGracefulShutdown() {
              try await Self.event(figures, &writer)
              if ContinuousClock.now > ends { break }
            }
            try await writer.finish(nil)
          }))
    }
  }

  private static func event(
    _ figures: [UInt8], _ writer: inout any ResponseBodyWriter
  ) async throws {
    var buffer = ByteBuffer(string: "data: ")
    buffer.writeBytes(figures)
    buffer.writeString("\n\n")
    try await writer.write(buffer)
  }
}
