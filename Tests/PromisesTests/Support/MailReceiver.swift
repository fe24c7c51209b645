import Foundation
import Synchronization
import TestSupport

/// An SMTP server that accepts every message and remembers the recipients.
final class MailReceiver: Sendable {
  /// A message as its recipient sees it.
  struct Message: Sendable {
    /// The hash of the send, from the `Message-ID`.
    var hash: String
    /// The first counted link; kept for some messages only.
    var link: String?
  }

  private struct State {
    var counts: [String: Int] = [:]
    var messages: [Message] = []
  }
  private let state = Mutex(State())
  private let listener = Mutex<Listener?>(nil)

  /// Begins to listen.
  init() throws {
    let new = try Listener { [weak self] conversation in
      var recipient = ""
      conversation.say("220 here\r\n")
      while let command = conversation.line() {
        switch command.prefix(4).uppercased() {
        case "RCPT":
          recipient = String(command.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
          conversation.say("250 ok\r\n")
        case "DATA":
          conversation.say("354 go on\r\n")
          guard let message = conversation.linesBeforePoint() else { return }
          self?.take(message, for: recipient)
          conversation.say("250 taken\r\n")
        case "QUIT": return conversation.say("221 bye\r\n")
        default: conversation.say("250 ok\r\n")
        }
      }
    }
    listener.withLock { $0 = new }
  }

  /// Its address for `MARTLET_MAIL_TRANSPORT`.
  var url: String { "smtp://127.0.0.1:\(listener.withLock { $0?.port ?? 0 })?tls=none" }

  /// The number of messages by address.
  var counts: [String: Int] { state.withLock { $0.counts } }

  /// One of the messages received so far.
  func message(_ choice: inout SeededGenerator) -> Message? {
    let number = choice.next()
    return state.withLock { state in
      state.messages.isEmpty ? nil : state.messages[Int(number % UInt64(state.messages.count))]
    }
  }

  private func take(_ content: [UInt8], for recipient: String) {
    let name = Self.text(in: content, from: "Message-ID: <", to: "@") ?? ""
    state.withLock { state in
      state.counts[recipient, default: 0] += 1
      var message = Message(hash: name)
      if state.messages.count % 8 == 0 { message.link = Self.link(in: content) }
      state.messages.append(message)
    }
  }

  private static func text(in content: [UInt8], from start: String, to end: Character) -> String? {
    let content = Data(content)
    guard let found = content.range(of: Data(start.utf8)) else { return nil }
    let rest = content[found.upperBound...].prefix(200)
    return String(String(decoding: rest, as: UTF8.self).prefix { $0 != end })
  }

  /// The first counted link of the page.
  private static func link(in content: [UInt8]) -> String? {
    // As quoted-printable writes it.
    let plain = String(decoding: content, as: UTF8.self).replacing("=\r\n", with: "")
      .replacing("=3D", with: "=")
    guard let start = plain.firstRange(of: "href=\"http") else { return nil }
    let link = "http" + plain[start.upperBound...].prefix { $0 != "\"" }
    return link.contains("/r/") ? link.replacing("&amp;", with: "&") : nil
  }
}
