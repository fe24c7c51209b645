import Synchronization
import TestSupport

/// An SMTP server that replies to each command as told, and keeps accepted messages.
final class SMTPStub: Sendable {
  let received = Mutex<[String]>([])
  private let listener = Mutex<Listener?>(nil)
  var port: Int { listener.withLock { $0?.port ?? 0 } }
  var connections: Int { listener.withLock { $0?.connections ?? 0 } }

  /// - Parameter reply: Returns the reply to a command, or to the end of a message (`.`); nil breaks the
  ///   connection, an empty text gives a plain server's reply.
  init(_ reply: @escaping @Sendable (String) -> String? = { _ in "" }) throws {
    let new = try Listener { [weak self] conversation in
      conversation.say("220 stub\r\n")
      while let command = conversation.line() {
        guard let wanted = reply(command) else { return }
        let word = command.prefix(4).uppercased()
        let plain =
          switch word {
          case "DATA": "354 go on"
          case "EHLO": "250 stub"
          case "QUIT": "221 bye"
          default: "250 ok"
          }
        let answer = wanted.isEmpty ? plain : wanted
        conversation.say(answer + "\r\n")
        if word == "QUIT" { return }
        guard word == "DATA", answer.hasPrefix("354") else { continue }
        var text = ""
        while let line = conversation.line(), line != "." { text += line + "\n" }
        guard let end = reply(".") else { return }
        if end.isEmpty || end.hasPrefix("2") {
          let text = text
          self?.received.withLock { $0.append(text) }
        }
        conversation.say((end.isEmpty ? "250 taken" : end) + "\r\n")
      }
    }
    listener.withLock { $0 = new }
  }

  var url: String { "smtp://127.0.0.1:\(port)?tls=none" }
}
