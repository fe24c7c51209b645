import Foundation
import Processes
import Users
import Webhooks

/// The operations of the commands about webhooks.
struct WebhookDesk: Sendable {
  private let store: WebhookStore
  private let tool: Tool

  init(_ tool: Tool) {
    self.tool = tool
    store = WebhookStore(jobs: tool.backends.jobs)
  }

  /// The webhook with an id.
  ///
  /// - Throws: ``CommandFailure`` where there is none.
  func webhook(_ id: Int64) async throws -> Webhook {
    guard let webhook = try await store.find(id) else { throw Self.unknown(id) }
    return webhook
  }

  /// Pauses or resumes a webhook and says so.
  func setPaused(_ isPaused: Bool, _ id: Int64) async throws {
    let webhook = try await store.setPaused(
      isPaused, id, by: .commandLine, now: tool.backends.clock.now)
    guard let webhook else { throw Self.unknown(id) }
    Console.line("\(webhook.values.name) is \(isPaused ? "paused" : "resumed")")
  }

  private static func unknown(_ id: Int64) -> CommandFailure {
    CommandFailure("there is no webhook \(id)")
  }
}
