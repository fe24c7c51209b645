import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments

/// Handles the sending jobs: claims a group of sends, hands them over, and records their outcomes together with
/// claiming the next group (EML-220).
///
/// Every send belongs to one job at a time. A send that is already claimed was claimed by an earlier delivery of
/// the job, whose worker died between handing over and recording.
struct SendHandler: Sendable {
  let pool: PostgresPool
  let fields: FieldStore
  let site: MailSite
  let signer: LinkSigner
  let settingsSource: MailSettingsSource
  let transport: any MailTransport
  let observers: [any MailObserver]
  let registry: FilterRegistry
  let templates: TemplateCache
  let throttle: SendThrottle
  let channel: ChannelGuard
  let metrics: MailMetrics
  let priority: SendPriority
  /// The number of bytes of composed messages at which they are handed over before more are composed.
  private static let heldBytes = 8 << 20

  /// The time after which the jobs of a paused channel look again.
  private static let pausedTime = Duration.seconds(60)

  func handle(_ job: some SendJob, _ context: JobContext) async throws {
    let holder = "\(context.id)-\(UInt64.random(in: .min ... .max))"
    var settings = try await settingsSource.current()
    guard try await connect(holder, settings, context) else {
      return try await postpone(job, job.sends, by: .seconds(1), done: [], context)
    }
    // Cancelled at the end of this scope.
    async let _ = throttle.keep(holder)
    var done: [DeliveryResult] = []
    do {
      var left = job.sends[...]
      while !left.isEmpty {
        try context.checkLease()
        settings = try await settingsSource.current()
        if try await channel.pause() != nil {
          try await postpone(job, Array(left), by: Self.pausedTime, done: done, context)
          return try await throttle.giveConnection(holder)
        }
        let most = min(left.count, transport.groupSize(settings))
        let group: [Int64]
        switch try await throttle.reserve(most, for: priority, settings) {
        case .go(let count): group = Array(left.prefix(count))
        case .wait(let wait) where wait > .seconds(2):
          try await postpone(job, Array(left), by: wait, done: done, context)
          return try await throttle.giveConnection(holder)
        case .wait(let wait):
          try await Task.sleep(for: wait)
          continue
        }
        let found = try await templates.template(
          job.email, settings: settings, now: context.clock.now)
        guard let template = found else {
          try await abandon(Array(left), done: done, job, context)
          return try await throttle.giveConnection(holder)
        }
        let claim = try await take(group, template, done: done, job, context)
        done = []
        done = await deliver(claim, template, settings, context)
        left = left.dropFirst(group.count)
        if try await channel.judge(done.map(\.outcome)) {
          try await postpone(job, Array(left), by: Self.pausedTime, done: done, context)
          return try await throttle.giveConnection(holder)
        }
        if !left.isEmpty, try await !throttle.takeConnection(holder, for: priority, settings) {
          return try await postpone(job, Array(left), by: .zero, done: done, context)
        }
      }
      let recorder = recorder(job)
      let last = done
      try await context.complete { transaction in
        try await recorder.record(last, in: transaction)
      }
    } catch {
      await settle(done, job, context)
      await release(holder, context)
      throw error
    }
    try await throttle.giveConnection(holder)
  }

  /// Takes a connection, waiting a second at most, since deferring a job means writing it again.
  private func connect(
    _ holder: String, _ settings: MailSettings, _ context: JobContext
  ) async throws -> Bool {
    for _ in 0..<20 {
      if try await throttle.takeConnection(holder, for: priority, settings) { return true }
      try await Task.sleep(for: .milliseconds(50))
      try context.checkLease()
    }
    return false
  }

  /// Records what was handed over before the job is given back, even after cancellation: otherwise the outcome
  /// would be unknown. Runs in a task of its own, since this one may be cancelled.
  private func settle(_ done: [DeliveryResult], _ job: some SendJob, _ context: JobContext) async {
    guard !done.isEmpty else { return }
    let recorder = recorder(job)
    do {
      try await Task {
        try await context.transaction { transaction in
          try await recorder.record(done, in: transaction)
        }
      }.value
    } catch {
      context.logger.warning(
        "what became of messages could not be written down", metadata: ["error": "\(error)"])
    }
  }

  /// Gives back the connection in a task of its own too, so that others need not wait until it lapses.
  private func release(_ holder: String, _ context: JobContext) async {
    do {
      try await Task { try await throttle.giveConnection(holder) }.value
    } catch {
      context.logger.debug("a connection lapses by itself", metadata: ["error": "\(error)"])
    }
  }

  private func recorder(_ job: some SendJob) -> MailRecorder {
    MailRecorder(observers: observers, email: job.email, priority: priority)
  }

  private func take(
    _ group: [Int64], _ template: CachedTemplate, done: [DeliveryResult], _ job: some SendJob,
    _ context: JobContext
  ) async throws -> Claim {
    let claimer = Claimer(
      email: job.email, template: template, fields: try await fields.current(),
      isIdempotent: transport.isIdempotent, now: context.clock.now)
    let (recorder, priority) = (recorder(job), priority)
    return try await context.transaction { transaction in
      try await recorder.record(done, in: transaction)
      let claim = try await claimer.take(group, on: transaction.connection)
      try await SendJobs.passOn(claim.passedOn, of: job.email, priority: priority, in: transaction)
      return claim
    }
  }

  /// Defers the rest of the job, without counting an attempt.
  private func postpone(
    _ job: some SendJob, _ sends: [Int64], by wait: Duration, done: [DeliveryResult],
    _ context: JobContext
  ) async throws {
    let recorder = recorder(job)
    let time = context.clock.now.addingTimeInterval(wait.seconds)
    let priority = priority
    try await context.complete { transaction in
      try await recorder.record(done, in: transaction)
      try SendJobs.add(
        sends, of: job.email, priority: priority, at: time, outbox: transaction.outbox)
    }
  }

  /// Handles a deleted e-mail: sends that were not handed over get the parent, if it was a version of one, or are
  /// not sent.
  private func abandon(
    _ sends: [Int64], done: [DeliveryResult], _ job: some SendJob, _ context: JobContext
  ) async throws {
    let (recorder, priority) = (recorder(job), priority)
    try await context.complete { transaction in
      try await recorder.record(done, in: transaction)
      try await SendJobs.passOn(sends, of: job.email, priority: priority, in: transaction)
      try await transaction.query(SendStatements.abandon(sends, of: job.email))
    }
  }

  // MARK: Handing over

  private func deliver(
    _ claim: Claim, _ template: CachedTemplate, _ settings: MailSettings, _ context: JobContext
  ) async -> [DeliveryResult] {
    var done = claim.lost.map {
      DeliveryResult(
        send: $0, outcome: .unknown("a worker died while it handed the message over"),
        copyID: template.copyID)
    }
    done += claim.malformed.map {
      DeliveryResult(send: $0, outcome: .refusedRecipient("the address is malformed"))
    }
    guard !claim.sends.isEmpty else { return done }
    let recipients: Recipients
    do {
      recipients = try await self.recipients(claim.sends, template, context)
    } catch {
      // Nothing has been handed over yet.
      return done + claim.sends.map { DeliveryResult(send: $0, outcome: .later("\(error)")) }
    }
    done += recipients.failed
    let composer = MessageComposer(
      site: site, signer: signer, template: template.template, now: context.clock.now)
    var messages: [OutgoingMessage] = []
    var composed: [DeliveryResult] = []
    var bytes = 0
    for (send, person) in recipients.ready {
      let (message, tokens) = composer.compose(send, person)
      if message.content.count > settings.maximumBytes {
        let text = "the message has \(message.content.count) bytes, more than may be sent"
        done.append(DeliveryResult(send: send, outcome: .refusedMessage(text)))
        continue
      }
      messages.append(message)
      composed.append(
        DeliveryResult(send: send, outcome: .accepted, tokens: tokens, copyID: template.copyID))
      bytes += message.content.count
      if bytes > Self.heldBytes {
        done += await handOver(messages, composed, settings, after: done.last?.outcome)
        (messages, composed, bytes) = ([], [], 0)
      }
    }
    return done
      + (await handOver(messages, composed, settings, after: done.last?.outcome))
  }

  private func handOver(
    _ messages: [OutgoingMessage], _ composed: [DeliveryResult], _ settings: MailSettings,
    after last: DeliveryOutcome?
  ) async -> [DeliveryResult] {
    guard !messages.isEmpty else { return [] }
    let outcomes: [DeliveryOutcome]
    if case .down? = last, let last {
      outcomes = messages.map { _ in last }
    } else {
      outcomes = await transport.deliver(messages, settings: settings)
    }
    metrics.count(outcomes)
    return zip(composed, outcomes).map { delivered, outcome in
      var delivered = delivered
      delivered.outcome = outcome
      return delivered
    }
  }

  /// The recipients of a claim, with what each of them is shown.
  private struct Recipients {
    var ready: [(send: ClaimedSend, person: RecipientProfile)] = []
    /// Sends to contacts whose data make the choice of their content fail.
    var failed: [DeliveryResult] = []
  }

  /// Returns the recipients with their dynamic content. No one waits for a contact whose data make the choice fail.
  private func recipients(
    _ sends: [ClaimedSend], _ template: CachedTemplate, _ context: JobContext
  ) async throws -> Recipients {
    var recipients = Recipients()
    guard !template.template.dynamic.isEmpty else {
      recipients.ready = sends.map { ($0, $0.person) }
      return recipients
    }
    let chooser = DynamicContentChooser(
      registry: registry, fields: try await fields.current(),
      timeZone: template.template.settings.timeZone, now: context.clock.now)
    let done = try await ItemIsolation.read(sends) { part in
      try await chooser.choose(
        template.dynamicContent, names: template.template.dynamic, contacts: part.map(\.contact),
        on: pool)
    }
    let chosen = done.results.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    let failed = Set(done.failures.map(\.item.id))
    for send in sends where !failed.contains(send.id) {
      var person = send.person
      person.dynamic = chosen[person.contact] ?? [:]
      recipients.ready.append((send, person))
    }
    recipients.failed = done.failures.map { send, error in
      let text = "the dynamic content cannot be chosen for the contact: \(error)"
      return DeliveryResult(send: send, outcome: .refusedMessage(String(text.prefix(1_000))))
    }
    return recipients
  }
}
