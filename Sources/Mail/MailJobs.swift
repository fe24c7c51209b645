package import JobQueue

/// The jobs of mail, for workers and schedulers.
package enum MailJobs {
  /// Registers the handlers of all jobs of mail.
  package static func register(in registry: inout JobRegistry, environment: MailEnvironment) {
    registry.register(SendFirstMail.self) { job, context in
      try await SendHandler(environment: environment, priority: .first).handle(job, context)
    }
    registry.register(SendMail.self) { job, context in
      try await SendHandler(environment: environment, priority: .normal).handle(job, context)
    }
    registry.register(SendBulkMail.self) { job, context in
      try await SendHandler(environment: environment, priority: .bulk).handle(job, context)
    }
    registry.register(ContinueBroadcast.self) { job, context in
      try await BroadcastHandler(environment: environment).handle(job, context)
    }
    registry.register(ReconcileBroadcasts.self) { job, context in
      try await BroadcastHandler(environment: environment).handle(job, context)
    }
    registry.register(RecordEngagements.self) { _, context in
      try await EngagementHandler(environment: environment).drain { try context.checkLease() }
    }
    registry.register(ReconcileEngagements.self) { _, context in
      try await EngagementHandler(environment: environment).putBack()
      try await EngagementHandler(environment: environment).drain { try context.checkLease() }
    }
    registry.register(ReadBounces.self) { _, context in
      let reader = BounceMailbox(environment: environment)
      try await reader.retry(now: context.clock.now) { try context.checkLease() }
      let mailbox = try await environment.settings.current().bounceMailbox
      guard !mailbox.isEmpty else { return }
      while try await reader.read(mailbox, now: context.clock.now) { try context.checkLease() }
    }
    registry.register(SendNotices.self) { job, context in
      try await NoticeHandler(environment: environment).handle(job, context)
    }
    registry.register(RepairCounters.self) { _, context in try await CounterRepair.run(context) }
    registry.register(ReleaseMessages.self) { job, context in
      try await MessageQueueHandler(environment: environment).handle(job, context)
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "mail.broadcasts", .every(.seconds(30)), options: EnqueueOptions(uniqueKey: "broadcasts")
      ) { _ in ReconcileBroadcasts() },
      PeriodicJob("mail.acts", .every(.seconds(10)), options: EnqueueOptions(uniqueKey: "acts")) {
        _ in ReconcileEngagements()
      },
      PeriodicJob(
        "mail.bounces", .every(.seconds(60)), options: EnqueueOptions(uniqueKey: "bounces")
      ) {
        _ in ReadBounces()
      },
      PeriodicJob("mail.counters", .every(.seconds(86_400))) { _ in RepairCounters() },
      PeriodicJob("mail.queue", .every(.seconds(30)), options: EnqueueOptions(uniqueKey: "queue")) {
        _ in ReleaseMessages()
      },
    ]
  }
}
