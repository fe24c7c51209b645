import Foundation
import JobQueue
import Postgres
import Primitives
import Redis
import Synchronization
import TestSupport
import Testing
import Transfer

@testable import Mail

@Suite("Handing messages over")
struct DeliveryTests {
  @Test("Sent once, with address, copy and values kept; counters by increments (EML-220, EML-224)")
  func sends() async throws {
    try await MailBed.with { bed in
      try await bed.people(60)
      let email = try await bed.email(html: "<p>Hi {contactfield=firstname|you}</p>")
      try await bed.dispatch(email, to: Array(1...60))
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == 60 && bed.transport.accepted.count == 60)
      #expect(try await bed.texts("SELECT sent_count::text FROM emails") == ["60"])
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', s.address, s.token_values -> 'fields' ->> 'firstname', c.html)
          FROM email_sends s JOIN email_copies c ON c.id = s.copy_id WHERE s.contact_id = 7
          """) == ["user7@example.com Name7 <p>Hi {contactfield=firstname|you}</p>"])
      #expect(try await bed.texts("SELECT count(*)::text FROM email_copies") == ["1"])
      #expect(bed.observer.told.count == 60)
    }
  }

  @Test("The Message-ID is the same on every attempt (EML-211)")
  func messageID() async throws {
    let seen = Mutex<[String]>([])
    let transport = StubTransport { message in
      let id = ParsedMessage(message.content)["Message-ID"] ?? ""
      return seen.withLock { seen in
        seen.append(id)
        return seen.count < 3 ? .later("450 busy") : .accepted
      }
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1])
      for minutes in [1, 5] {
        try await bed.sendAll()
        bed.clock.advance(.seconds(minutes * 60 + 1))
      }
      try await bed.sendAll()
      let ids = seen.withLock { $0 }
      #expect(ids.count == 3 && Set(ids).count == 1)
      #expect(ids[0].hasSuffix("@mail.example.com>"))
    }
  }

  @Test("Refused temporarily: again after 1, 5, 15, 60 minutes, then hourly for a day (EML-221)")
  func retries() {
    #expect((1...6).map { RetrySchedule.delay(after: $0) } == [60, 300, 900, 3600, 3600, 3600])
    let total = (1..<RetrySchedule.maximumAttempts).reduce(0.0) {
      $0 + RetrySchedule.delay(after: $1)
    }
    #expect((23 * 3600...25 * 3600).contains(Int(total)))
  }

  @Test("Not retried before its time, and failed after a day (EML-221)")
  func givesUp() async throws {
    try await MailBed.with(transport: StubTransport { _ in .later("451 no") }) { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1])
      try await bed.sendAll()
      try await bed.sendAll()
      #expect(bed.transport.attempts == 1)
      #expect(try await bed.states() == ["1:queued"])
      try await bed.pool.query("UPDATE email_sends SET attempts = 26")
      bed.clock.advance(.seconds(61))
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:failed"])
      #expect(bed.observer.told == ["failed 1 451 no"])
    }
  }

  @Test(
    "One refused recipient affects no others and is a hard bounce (EML-222, EML-420, EML-421)")
  func refusedRecipient() async throws {
    let transport = StubTransport { message in
      message.recipient == "user2@example.com" ? .refusedRecipient("550 no such user") : .accepted
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(4)
      // Another contact with the same address in another case.
      try await bed.pool.query(
        "UPDATE contacts SET email = 'USER2@example.com', identity_shared = true WHERE id = 4")
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent", "2:failed", "3:sent"])
      #expect(
        try await bed.texts(
          "SELECT contact_id || ' ' || reason || ' ' || comments FROM do_not_contact ORDER BY 1")
          == ["2 2 550 no such user", "4 2 550 no such user"])
      #expect(bed.observer.told == ["failed 2 550 no such user", "sent 1", "sent 3"])
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', sent_count, failed_count, bounced_count) FROM emails")
          == ["2 1 1"])
    }
  }

  @Test("A malformed address fails its contact alone and is not used again (EML-103)")
  func malformed() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.dispatch(try await bed.email(), to: [1, 2])
      try await bed.pool.query("UPDATE contacts SET email = 'bad@@' WHERE id = 1")
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:failed", "2:sent"])
      #expect(
        try await bed.texts("SELECT contact_id || ' ' || reason FROM do_not_contact") == ["1 2"])
    }
  }

  @Test("Do-not-contact, category, publication and address are checked again (EML-137, EML-409)")
  func looksAgain() async throws {
    try await MailBed.with { bed in
      try await bed.people(5)
      let email = try await bed.email()
      let off = try await bed.email()
      try await bed.dispatch(email, to: [1, 2, 3, 5])
      try await bed.dispatch(off, to: [4])
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        VALUES (1, 'email', 1, \(bed.now))
        """)
      try await bed.pool.query("UPDATE contacts SET email = 'new@example.com' WHERE id = 2")
      try await bed.pool.query("UPDATE emails SET is_published = false WHERE id = \(off)")
      try await bed.pool.query("SELECT delete_contacts('{5}')")
      try await bed.sendAll()
      #expect(bed.recipients == ["new@example.com", "user3@example.com"])
      #expect(
        try await bed.states() == ["1:skipped", "2:sent", "3:sent", "4:skipped", "-:skipped"])
      #expect(
        try await bed.texts("SELECT address FROM email_sends WHERE contact_id = 2")
          == ["new@example.com"])
    }
  }

  @Test("A worker dies with messages: repeated where harmless, else unknown (EML-220)")
  func crash() async throws {
    for isIdempotent in [false, true] {
      try await MailBed.with(transport: StubTransport(isIdempotent: isIdempotent)) { bed in
        try await bed.people(3)
        try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
        // A worker claimed two and was never heard of again.
        try await bed.pool.query("UPDATE email_sends SET state = 2 WHERE contact_id < 3")
        try await bed.sendAll()
        #expect(
          try await bed.states()
            == (isIdempotent
              ? ["1:sent", "2:sent", "3:sent"] : ["1:unknown", "2:unknown", "3:sent"]))
        #expect(bed.transport.accepted.count == (isIdempotent ? 3 : 1))
        // Counted as sent in both cases.
        #expect(try await bed.texts("SELECT sent_count::text FROM emails") == ["3"])
        #expect(bed.observer.told == ["sent 1", "sent 2", "sent 3"])
      }
    }
  }

  @Test("A worker that is told to stop records what it has handed over (EML-220, EML-223)")
  func stopping() async throws {
    let isQuick = Atomic<Bool>(false)
    let transport = StubTransport(groupSize: 2) { _ in
      if isQuick.load(ordering: .relaxed) { return .accepted }
      // Cancelled or not, the message is on its way.
      await Task { () async in
        do { try await Task.sleep(for: .milliseconds(30)) } catch {}
      }.value
      return .accepted
    }
    // So many that a worker is told to stop long before the last, however busy the machine.
    let crowd = 600
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(crowd)
      try await bed.dispatch(try await bed.email(), to: (1...Int64(crowd)).map(\.self))
      for _ in 0..<3 {
        let worker = bed.worker()
        let task = Task { try await worker.run() }
        let before = bed.transport.accepted.count
        _ = await eventually { bed.transport.accepted.count > before }
        worker.beginDrain(timeout: .milliseconds(20))
        try await task.value
      }
      #expect(bed.transport.accepted.count < crowd)
      isQuick.store(true, ordering: .relaxed)
      try await bed.sendAll()
      #expect(Set(bed.recipients).count == crowd && bed.recipients.count == crowd)
      let states = try await bed.states()
      #expect(states.allSatisfy { $0.hasSuffix(":sent") })
    }
  }

  @Test("A transport that is down: messages wait, those behind are not attempted (email.md 17)")
  func down() async throws {
    let isDown = Atomic<Bool>(true)
    let transport = StubTransport { _ in
      isDown.load(ordering: .relaxed) ? .down("refused") : .accepted
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(3)
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:queued", "2:queued", "3:queued"])
      isDown.store(false, ordering: .relaxed)
      bed.clock.advance(.seconds(61))
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 3)
    }
  }

  @Test("Pausing the queues holds messages without using up attempts (EML-233)")
  func paused() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1])
      try await bed.jobs.pause(queue: MailQueues.normal)
      try await bed.working { try await Task.sleep(for: .milliseconds(300)) }
      #expect(try await bed.texts("SELECT attempts::text FROM email_sends") == ["0"])
      try await bed.jobs.resume(queue: MailQueues.normal)
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent"])
    }
  }

  @Test("A rate holds over all workers; a used-up hour defers the rest (EML-230)")
  func pacing() async throws {
    var settings = MailSettings()
    settings.perHour = 3
    try await MailBed.with(settings) { bed in
      try await bed.people(3)
      let email = try await bed.email()
      for contact in 1...3 {
        try await bed.dispatch(email, to: [Int64(contact)], key: "\(contact)")
      }
      try await bed.people2(from: 4, to: 5)
      try await bed.sendAll()
      try await bed.dispatch(email, to: [4, 5], key: "late")
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 3)
      bed.clock.advance(.seconds(3600))
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 5)
      #expect(try await bed.texts("SELECT max(attempts)::text FROM email_sends") == ["1"])
    }
    settings.perHour = 0
    settings.perSecond = 20
    try await MailBed.with(settings) { bed in
      let start = bed.now
      for _ in 0..<5 {
        while true {
          guard case .wait(let wait) = try await bed.environment.throttle.reserve(10, settings)
          else {
            break
          }
          #expect(wait <= .milliseconds(501))
          bed.clock.advance(wait)
        }
      }
      // Four times half a second lie between five groups.
      #expect(bed.now.timeIntervalSince(start) > 1.9)
    }
  }

  @Test(
    "Connections of a dead worker are free within seconds, those of a live one are not (EML-230)"
  )
  func lostConnections() async throws {
    var settings = MailSettings()
    settings.connections = 1
    try await MailBed.with(settings) { bed in
      let (pacer, redis) = (bed.environment.throttle, bed.redis.connection)
      let key: RedisArgument = "\(bed.redis.prefix):{mail}:connections"
      /// The time for which a holder is remembered, without waiting for it.
      func letTimePass() async throws {
        _ = try await redis.send("ZADD", key, "XX", "INCR", "-13000", "a")
      }
      func score() async throws -> String? { try await redis.send("ZSCORE", key, "a").text }
      #expect(try await pacer.takeConnection("a", settings))
      #expect(try await !pacer.takeConnection("b", settings))
      let before = try await score()
      let work = Task { await pacer.keep("a", every: .milliseconds(2)) }
      #expect(try await eventually { try await score() != before })
      work.cancel()
      await work.value
      #expect(try await !pacer.takeConnection("b", settings))
      try await letTimePass()
      #expect(try await pacer.takeConnection("b", settings))
      // Renewing does not take a connection that was given back or lost.
      let late = Task { await pacer.keep("a", every: .milliseconds(2)) }
      try await pacer.giveConnection("b")
      try await Task.sleep(for: .milliseconds(20))
      #expect(try await score() == nil)
      late.cancel()
    }
  }

  @Test("No more connections than the transport takes, over all workers (EML-230)")
  func connections() async throws {
    var settings = MailSettings()
    settings.connections = 2
    try await MailBed.with(settings) { bed in
      let pacer = bed.environment.throttle
      #expect(try await pacer.takeConnection("a", settings))
      #expect(try await pacer.takeConnection("b", settings))
      #expect(try await pacer.takeConnection("a", settings))
      #expect(try await !pacer.takeConnection("c", settings))
      try await pacer.giveConnection("a")
      #expect(try await pacer.takeConnection("c", settings))
    }
  }

  @Test(
    "Transactional and high-priority sends have their own queue, broadcasts the last (EML-231)")
  func priorities() throws {
    func priority(_ kind: SendKind, _ requested: Int, isBulk: Bool = false) -> SendPriority {
      SendRequest(
        email: 1, kind: kind, source: SendSource(kind: "form"), recipients: [], priority: requested
      ).sendPriority(isBulk: isBulk)
    }
    #expect(priority(.transactional, 2) == .first && priority(.marketing, 1) == .first)
    #expect(priority(.marketing, 2) == .normal && priority(.marketing, 2, isBulk: true) == .bulk)
    #expect(MailQueues.weights[MailQueues.first] ?? 0 > MailQueues.weights[MailQueues.normal] ?? 0)
    #expect(MailQueues.weights[MailQueues.normal] ?? 0 > MailQueues.weights[MailQueues.bulk] ?? 0)
    var settings = MailSettings()
    settings.perSecond = 10
    #expect(StubTransport().groupSize(settings) == 5)
  }

  @Test("Urgent sends overtake a broadcast that holds connection and rate (EML-231)")
  func goesBefore() async throws {
    var settings = MailSettings()
    settings.connections = 1
    // The broadcast takes its time until the urgent message has gone out, however busy the machine.
    let hasGone = Atomic<Bool>(false)
    let transport = StubTransport(groupSize: 5) { message in
      if message.recipient == "user601@example.com" { hasGone.store(true, ordering: .relaxed) }
      if hasGone.load(ordering: .relaxed) { return .accepted }
      do { try await Task.sleep(for: .milliseconds(10)) } catch {}
      return .accepted
    }
    try await MailBed.with(settings, transport: transport) { bed in
      try await bed.people(601)
      let bulk = try await bed.email()
      let news = SendSource(kind: "email", id: bulk)
      try await bed.dispatch(bulk, to: (1...600).map(Int64.init), source: news)
      let urgent = try await bed.email()
      try await bed.working {
        #expect(await eventually { bed.transport.accepted.count > 5 })
        try await bed.dispatch(urgent, to: [601], .transactional, key: "u")
        #expect(await eventually(within: .seconds(60)) { bed.transport.accepted.count == 601 })
      }
      let place = bed.transport.accepted.firstIndex { $0.recipient == "user601@example.com" }
      #expect(try #require(place) < 500)
      #expect(Set(bed.recipients).count == 601)
    }
    settings.perSecond = 10
    try await MailBed.with(settings) { bed in
      // A clock that moves only when it is told to.
      let (moved, start) = (MovableClock(), bed.now)
      let pacer = SendThrottle(
        redis: bed.redis.connection, keys: bed.environment.keys,
        clock: .standing { start.addingTimeInterval(moved.clock.offset.seconds) })
      #expect(try await pacer.reserve(5, settings) == .go(5))
      guard case .wait = try await pacer.reserve(1, for: .first, settings) else {
        Issue.record("the rate is used up")
        return
      }
      moved.advance(.milliseconds(501))
      #expect(try await pacer.reserve(5, settings) == .wait(.milliseconds(50)))
      #expect(try await pacer.reserve(1, for: .first, settings) == .go(1))
      moved.advance(.milliseconds(101))
      #expect(try await pacer.reserve(5, settings) == .go(5))
    }
  }

  @Test("A message that is too large fails without a retry (email.md 17)")
  func tooLarge() async throws {
    var settings = MailSettings()
    settings.maximumBytes = 5_000
    try await MailBed.with(settings) { bed in
      try await bed.people(1)
      try await bed.dispatch(
        try await bed.email(html: String(repeating: "<p>long</p>", count: 1000)), to: [1])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:failed"])
      #expect(bed.transport.attempts == 0)
    }
  }

  @Test("A maildir holds each message once, however often it is handed over (EML-220)")
  func maildir() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "martlet-maildir-\(UInt64.random(in: .min ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let transport = MaildirTransport(path: folder)
    var message = OutgoingMessage(
      hash: UUID(), sender: "a@example.com", recipient: "kim@example.com", copies: [],
      content: Array("Subject: x\r\n\r\nHi\r\n".utf8),
      isRepeated: false)
    #expect(await transport.deliver([message], settings: MailSettings()) == [.accepted])
    message.isRepeated = true
    #expect(await transport.deliver([message], settings: MailSettings()) == [.accepted])
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/new")
    #expect(files == [MaildirTransport.name(of: message)])
    let text = try String(contentsOfFile: "\(folder)/new/\(files[0])", encoding: .utf8)
    #expect(text.hasSuffix("Subject: x\r\n\r\nHi\r\n") && text.contains("kim@example.com"))
    // A reader has taken it: it does not come again.
    try FileManager.default.moveItem(
      atPath: "\(folder)/new/\(files[0])", toPath: "\(folder)/cur/\(files[0]):2,S")
    #expect(await transport.deliver([message], settings: MailSettings()) == [.accepted])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new").isEmpty)
    let nowhere = MaildirTransport(path: "/proc/nowhere")
    guard case .down = await nowhere.deliver([message], settings: MailSettings())[0] else {
      Issue.record("a folder that cannot be")
      return
    }
  }

  @Test("An hourly limit holds even if a group is larger, and is used up (EML-230)")
  func smallLimits() async throws {
    var settings = MailSettings()
    settings.perHour = 7
    try await MailBed.with(settings, transport: StubTransport(groupSize: 5)) { bed in
      try await bed.people(20)
      try await bed.dispatch(try await bed.email(), to: Array(1...20))
      for hour in 1...3 {
        try await bed.sendAll()
        #expect(bed.transport.accepted.count == min(20, hour * 7))
        bed.clock.advance(.seconds(3600))
      }
    }
  }

  @Test("A worker whose clock is behind does not reopen a used-up window (EML-230)")
  func skewedClocks() async throws {
    var settings = MailSettings()
    settings.perHour = 4
    try await MailBed.with(settings) { bed in
      let pacer = bed.environment.throttle
      let behind = SendThrottle(
        redis: bed.redis.connection, keys: RedisKeys(prefix: bed.redis.prefix),
        clock: .offset(.seconds(-3600)))
      #expect(try await pacer.reserve(4, settings) == .go(4))
      for late in [behind, pacer, behind] {
        guard case .wait = try await late.reserve(1, settings) else {
          Issue.record("the window was opened again")
          return
        }
      }
    }
  }

  @Test("A message keeps the name of its file, however long it waited (EML-220)")
  func stableNames() async throws {
    let names = Mutex<[String]>([])
    let transport = StubTransport(isIdempotent: true) { message in
      names.withLock { $0.append(MaildirTransport.name(of: message)) }
      return .later("full")
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(), to: [1])
      bed.clock.advance(.seconds(2 * 86_400))
      try await bed.sendAll()
      bed.clock.advance(.seconds(61))
      try await bed.sendAll()
      let seen = names.withLock { $0 }
      #expect(seen.count == 2 && Set(seen).count == 1)
    }
  }

  @Test("A message that may have been handed over and may not be repeated is unknown (EML-220)")
  func unrepeatable() async throws {
    try await MailBed.with(transport: StubTransport(isIdempotent: true)) { bed in
      try await bed.people(2)
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1, 2])
      // A worker claimed the first and died; the contact has unsubscribed since.
      try await bed.pool.query("UPDATE email_sends SET state = 2 WHERE contact_id = 1")
      try await bed.pool.query(
        """
        INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
        SELECT id, 'email', 1, \(bed.now) FROM contacts
        """)
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:unknown", "2:skipped"])
      #expect(bed.transport.attempts == 0)
      #expect(try await bed.dispatch(email, to: [1], key: "again") == [1: .doNotContact])
    }
  }

  @Test("Whatever a server answers, the rest of the group is recorded (EML-222)")
  func oddAnswer() async throws {
    let transport = StubTransport { message in
      message.recipient == "user2@example.com"
        ? .refusedMessage("550 no\0'\\{\u{1F600}" + String(repeating: "x", count: 9000)) : .accepted
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(3)
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent", "2:failed", "3:sent"])
    }
  }

  @Test("Each contact's entry quotes the refusal of its own address (EML-421)")
  func ownRefusal() async throws {
    let transport = StubTransport { .refusedRecipient("550 no \($0.recipient)") }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(3)
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(
        try await bed.texts("SELECT comments FROM do_not_contact ORDER BY contact_id")
          == (1...3).map { "550 no user\($0)@example.com" })
    }
  }

  @Test("Only a reply about the recipient's address is a hard bounce (EML-221, EML-422)")
  func refusals() {
    func outcome(_ subject: SMTPOutcome.Subject, _ isPermanent: Bool = true) -> DeliveryOutcome {
      SMTPTransport.outcome(.refused(subject, isPermanent: isPermanent, reason: "x"))
    }
    #expect(outcome(.recipient) == .refusedRecipient("x"))
    #expect(outcome(.sender) == .refusedSender("x") && outcome(.message) == .refusedMessage("x"))
    #expect(outcome(.connection, false) == .down("x"))
    for subject in [SMTPOutcome.Subject.recipient, .message, .sender] {
      #expect(outcome(subject, false) == .later("x"))
    }
  }

  @Test("The copy goes to addresses in the e-mail, not to those in a contact's fields")
  func copies() async throws {
    try await MailBed.with { bed in
      try await bed.people(2)
      try await bed.pool.query("UPDATE contacts SET city = 'one@example.com' WHERE id = 1")
      try await bed.pool.query(
        "UPDATE contacts SET city = 'two@example.com, three@example.com' WHERE id = 2")
      let email = try await bed.email(
        ", bcc", ", 'log@example.com, {contactfield=city}, {contactfield=state|no address}'")
      try await bed.dispatch(email, to: [1, 2])
      try await bed.sendAll()
      let copies = bed.transport.accepted.sorted { $0.recipient < $1.recipient }.map(\.copies)
      #expect(copies == [["log@example.com", "one@example.com"], ["log@example.com"]])
    }
  }

  @Test("Large messages go out in small groups, so that a worker holds few (EML-223)")
  func largeMessages() async throws {
    try await MailBed.with(transport: StubTransport(groupSize: 50)) { bed in
      try await bed.people(30)
      let email = try await bed.email(html: String(repeating: "<p>long</p>\n", count: 30_000))
      try await bed.dispatch(email, to: Array(1...30))
      try await bed.sendAll()
      #expect(bed.transport.accepted.count == 30)
      #expect(bed.transport.largestGroup < 25)
    }
  }

  @Test(
    "A non-ASCII domain is addressed by its ASCII form; an invalid one fails (EML-103)")
  func domains() async throws {
    try await MailBed.with { bed in
      try await bed.people(3)
      try await bed.pool.query("UPDATE contacts SET email = 'kim@exämple.de' WHERE id = 1")
      try await bed.pool.query(
        "UPDATE contacts SET email = 'kim@' || U&'\\0301' || '.de' WHERE id = 2")
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent", "2:failed", "3:sent"])
      #expect(
        try bed.message(to: "kim@xn--exmple-cua.de")["To"]
          == "Name1 Last1 <kim@xn--exmple-cua.de>")
      #expect(
        try await bed.texts("SELECT address FROM email_sends WHERE contact_id = 1")
          == ["kim@exämple.de"])
    }
  }
}

extension MailBed {
  /// Adds further known contacts.
  func people2(from first: Int, to last: Int) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, email, firstname, date_added, date_identified)
      SELECT n, 'user' || n || '@example.com', 'Name' || n, \(now), \(now)
      FROM generate_series(\(first), \(last)) AS n
      """)
  }
}
