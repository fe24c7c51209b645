import CCurl
import Dispatch
import Glibc

/// A connection to an SMTP server, on a thread of its own, reused for many messages.
package final class SMTPSession: Sendable {
  private let thread: DispatchQueue
  private let state: SMTPState

  /// Creates a session; it connects with the first message.
  ///
  /// - Parameters:
  ///   - server: The server.
  ///   - timeout: The maximum duration for one message.
  ///   - messagesPerConnection: The number of messages after which a new connection is made.
  package init(
    _ server: SMTPServer, timeout: Duration = .seconds(60), messagesPerConnection: Int = 100
  ) {
    thread = DispatchQueue(label: "smtp")
    state = SMTPState(server, timeout, max(1, messagesPerConnection))
  }

  /// Sends messages one after the other.
  ///
  /// - Returns: The result of each, in order. A refused one does not affect the others (EML-222).
  package func send(_ messages: [SMTPMessage]) async -> [SMTPOutcome] {
    let state = state
    return await withCheckedContinuation { continuation in
      thread.async { continuation.resume(returning: messages.map { state.send($0) }) }
    }
  }
}

/// The connection and the current message.
///
/// `@unchecked Sendable`: used on the session's thread only.
private final class SMTPState: @unchecked Sendable {
  private let server: SMTPServer
  private let timeout: Duration
  private let messagesPerConnection: Int
  private var curl: Curl?
  private var messages = 0

  /// The content being sent, the number of bytes libcurl has taken, and whether it has seen the end.
  fileprivate var content: [UInt8] = []
  fileprivate var position = 0
  fileprivate var hasBegun = false
  fileprivate var hasEnded = false
  fileprivate var reply = ""
  private var isContinued = false
  /// The last command of the dialogue about the message; nil before the first.
  fileprivate var stage: SMTPReply.Stage?

  init(_ server: SMTPServer, _ timeout: Duration, _ messagesPerConnection: Int) {
    self.server = server
    self.timeout = timeout
    self.messagesPerConnection = messagesPerConnection
  }

  /// Keeps a reply of several lines whole: the cause may stand in any of them.
  fileprivate func note(reply line: String) {
    let isMore = isContinued && reply.prefix(3) == line.prefix(3)
    if !isMore {
      reply = line
    } else if reply.utf8.count < 1000 {
      reply += " \(line.dropFirst(4))"
    }
    isContinued = line.dropFirst(3).first == "-"
  }

  func send(_ message: SMTPMessage) -> SMTPOutcome {
    guard Self.isSafe(message.sender) else {
      // The operator can correct it, and it says nothing about the recipient.
      return .refused(.message, isPermanent: false, reason: "the sender's address cannot be used")
    }
    guard Self.isSafe(message.recipient) else {
      return .refused(.recipient, isPermanent: true, reason: "the address cannot be sent to")
    }
    let wasConnected = messages > 0
    let outcome = attempt(message)
    // The server had closed an idle connection. Nothing of the message was sent: try once more.
    if wasConnected, !hasBegun, reply.isEmpty || reply.hasPrefix("421"),
      case .refused(_, false, _) = outcome
    {
      drop()
      return attempt(message)
    }
    return outcome
  }

  /// Whether an address is safe within `<…>` of a command.
  private static func isSafe(_ address: String) -> Bool {
    address.utf8.count <= 320
      && address.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
  }

  private func connected() throws(TransferError) -> Curl {
    if let curl { return curl }
    let new = try Curl()
    curl = new
    return new
  }

  private func drop() {
    curl = nil
    messages = 0
  }

  private func attempt(_ message: SMTPMessage) -> SMTPOutcome {
    content = message.content
    (position, hasBegun, hasEnded, reply, stage) = (0, false, false, "", nil)
    do throws(TransferError) {
      let curl = try connected()
      curl.reset()
      let recipients = CurlList(["<\(message.recipient)>"])
      configure(curl, message, recipients)
      messages += 1
      let isLast = messages >= messagesPerConnection
      if isLast { curl.set(CURLOPT_FORBID_REUSE, 1) }
      let code = curl_easy_perform(curl.handle)
      let outcome = outcome(code, curl)
      curl.reset()
      if isLast { messages = 0 }
      // After a failure the state of the connection is unknown.
      if code != CURLE_OK { drop() }
      return outcome
    } catch {
      return .refused(.connection, isPermanent: false, reason: error.message)
    }
  }

  private func configure(
    _ curl: Curl, _ message: SMTPMessage, _ recipients: borrowing CurlList
  ) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    curl.set(CURLOPT_URL, server.address)
    curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    switch server.security {
    case .implicit, .none: break
    case .offered: curl.set(CURLOPT_USE_SSL, Int(CURLUSESSL_TRY.rawValue))
    case .starttls: curl.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
    }
    if let user = server.user { curl.set(CURLOPT_USERNAME, user) }
    if let password = server.password { curl.set(CURLOPT_PASSWORD, password) }
    curl.set(CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
    curl.set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
    _ = martlet_curl_set_list(curl.handle, CURLOPT_MAIL_RCPT, recipients.head)
    curl.set(CURLOPT_UPLOAD, 1)
    curl.set(CURLOPT_INFILESIZE_LARGE, size: content.count)
    _ = martlet_curl_set_data(curl.handle, CURLOPT_READFUNCTION, readContent)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_READDATA, this)
    _ = martlet_curl_set_data(curl.handle, CURLOPT_HEADERFUNCTION, takeReply)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_HEADERDATA, this)
    // The commands as they are sent tell what a failure is about.
    curl.set(CURLOPT_VERBOSE, 1)
    _ = martlet_curl_set_debug(curl.handle, noteCommand)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_DEBUGDATA, this)
  }

  private func outcome(_ code: CURLcode, _ curl: Curl) -> SMTPOutcome {
    if code == CURLE_OK { return .accepted(reply: reply) }
    let status = curl.long(CURLINFO_RESPONSE_CODE)
    let isAnswered = (400...599).contains(status) && !reply.isEmpty
    let reason = isAnswered ? reply : curl.message(code)
    // A refusal of the whole message is a reply; silence is not.
    if hasEnded, !isAnswered || code != CURLE_WEIRD_SERVER_REPLY { return .unknown(reason: reason) }
    // Before the first command about the message the failure is none of the message's; a login may be corrected.
    guard let stage else { return .refused(.connection, isPermanent: false, reason: reason) }
    guard isAnswered else {
      return .refused(
        stage == .recipient ? .recipient : .message, isPermanent: false, reason: reason)
    }
    return Self.outcome(of: SMTPReply(reply), at: stage, reason: reason)
  }

  private static func outcome(
    of reply: SMTPReply, at stage: SMTPReply.Stage, reason: String
  ) -> SMTPOutcome {
    switch reply.verdict(at: stage) {
    case .address: .refused(.recipient, isPermanent: true, reason: reason)
    case .sender: .refused(.sender, isPermanent: true, reason: reason)
    case .message, .unclear: .refused(.message, isPermanent: true, reason: reason)
    case .passing:
      .refused(stage == .recipient ? .recipient : .message, isPermanent: false, reason: reason)
    }
  }
}

private func session(_ pointer: UnsafeMutableRawPointer?) -> SMTPState? {
  pointer.map { Unmanaged<SMTPState>.fromOpaque($0).takeUnretainedValue() }
}

private let readContent: martlet_curl_data = { data, size, count, pointer in
  guard let data, let session = session(pointer) else { return 0 }
  session.hasBegun = true
  let length = min(size * count, session.content.count - session.position)
  session.content.withUnsafeBytes { bytes in
    guard let start = bytes.baseAddress, length > 0 else { return }
    memcpy(data, start + session.position, length)
  }
  session.position += length
  if session.position == session.content.count { session.hasEnded = true }
  return length
}

private let noteCommand: martlet_curl_debug = { _, kind, data, size, pointer in
  guard kind == CURLINFO_HEADER_OUT, let data, let session = session(pointer) else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: min(size, 6))
  // A line of a login is no command.
  switch String(decoding: bytes, as: UTF8.self).uppercased() {
  case let command where command.hasPrefix("MAIL "): session.stage = .sender
  case let command where command.hasPrefix("RCPT "): session.stage = .recipient
  case "DATA\r\n": session.stage = .content
  default: break
  }
  return 0
}

private let takeReply: martlet_curl_data = { data, size, count, pointer in
  guard let data, let session = session(pointer) else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: min(size * count, 512))
  var line = String(decoding: bytes, as: UTF8.self)
  while let last = line.last, last.isWhitespace { line.removeLast() }
  // The reply to QUIT must not replace the one that matters.
  if !line.hasPrefix("221") { session.note(reply: line) }
  return size * count
}
