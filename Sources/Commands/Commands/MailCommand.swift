import ArgumentParser
import Foundation
import Mail

/// `martlet mail`
struct MailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mail", abstract: "The mail channel: whether messages go out.",
    subcommands: [Status.self, Pause.self, Resume.self], defaultSubcommand: Status.self)

  /// `martlet mail status`
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows whether the channel is open.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let pause = try await ChannelPauseStore.current(on: tool.backends.postgres)
        if output.json {
          try Console.json(
            State(isPaused: pause != nil, reason: pause?.reason, pausedAt: pause?.at))
        } else if let pause {
          Console.line("paused since \(pause.at.formatted(.iso8601)): \(pause.reason)")
        } else {
          Console.line("open")
        }
      }
    }

    private struct State: Encodable {
      let isPaused: Bool
      let reason: String?
      let pausedAt: Date?
    }
  }

  /// `martlet mail pause`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps workers from handing over messages; what they have in hand is finished.")

    func run() async throws {
      try await Tool.run { tool in
        let isNew = try await ChannelPauseStore.begin(
          "paused by the operator", at: tool.backends.clock.now, on: tool.backends.postgres)
        Console.line(isNew ? "paused" : "paused before")
      }
    }
  }

  /// `martlet mail resume`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Opens a paused channel.")

    func run() async throws {
      try await Tool.run { tool in
        let isEnded = try await ChannelPauseStore.end(
          at: tool.backends.clock.now, on: tool.backends.postgres)
        Console.line(isEnded ? "open; messages go out within a minute" : "open before")
      }
    }
  }
}
