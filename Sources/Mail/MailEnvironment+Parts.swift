// The parts of mail with what each of them takes from the environment of the process.

extension BounceMailbox {
  init(kit: MailEnvironment) {
    self.init(pool: kit.jobs.postgres, recorder: BounceRecorder(kit: kit), logger: kit.logger)
  }
}

extension BounceRecorder {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, observers: kit.observers, logger: kit.logger)
  }
}

extension BroadcastHandler {
  init(kit: MailEnvironment) {
    self.init(dispatcher: kit.dispatcher, pool: kit.jobs.postgres)
  }
}

extension NoticeHandler {
  init(kit: MailEnvironment) {
    self.init(
      pool: kit.jobs.postgres, fields: kit.fields, site: kit.site, settingsSource: kit.settings,
      transport: kit.transport, metrics: kit.metrics)
  }
}

extension MessageQueueHandler {
  init(kit: MailEnvironment) {
    self.init(settingsSource: kit.settings)
  }
}

extension EngagementWaker {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, appended: kit.appended, logger: kit.logger)
  }
}

extension EngagementHandler {
  init(kit: MailEnvironment) {
    self.init(
      jobs: kit.jobs, keys: kit.keys, recorder: EngagementRecorder(kit: kit), metrics: kit.metrics,
      logger: kit.logger)
  }
}

extension EngagementRecorder {
  init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, observers: kit.observers)
  }
}

extension LinkTargets {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(pool: kit.jobs.postgres, fields: kit.fields, signer: kit.signer)
  }
}

extension ReplyRecorder {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, observers: kit.observers)
  }
}

extension WebVersions {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(
      pool: kit.jobs.postgres, site: kit.site, signer: kit.signer, settingsSource: kit.settings)
  }
}

extension MailSubjects {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(pool: kit.jobs.postgres, clock: kit.jobs.clock, signer: kit.signer)
  }
}

extension PreferenceCenter {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, settingsSource: kit.settings, observers: kit.observers)
  }
}

extension Unsubscriber {
  /// Takes what it needs from the environment.
  package init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, observers: kit.observers)
  }
}

extension EngagementBuffer {
  /// Takes what it needs from the environment.
  package convenience init(kit: MailEnvironment) {
    self.init(jobs: kit.jobs, keys: kit.keys, appended: kit.appended, logger: kit.logger)
  }
}

extension SendHandler {
  init(kit: MailEnvironment, priority: SendPriority) {
    self.init(
      pool: kit.jobs.postgres, fields: kit.fields, site: kit.site, signer: kit.signer,
      settingsSource: kit.settings, transport: kit.transport, observers: kit.observers,
      registry: kit.registry, templates: kit.templates, throttle: kit.throttle,
      metrics: kit.metrics, priority: priority)
  }
}
