// The initializers by which the parts of mail take what they need from the environment of the process.

extension BounceMailbox {
  init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, recorder: BounceRecorder(environment: environment),
      logger: environment.logger)
  }
}

extension BounceRecorder {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(jobs: environment.jobs, observers: environment.observers, logger: environment.logger)
  }
}

extension BroadcastHandler {
  init(environment: MailEnvironment) {
    self.init(dispatcher: environment.dispatcher, pool: environment.jobs.postgres)
  }
}

extension NoticeHandler {
  init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, fields: environment.fields,
      registry: environment.registry, site: environment.site,
      settingsSource: environment.settings, objects: environment.objects,
      transport: environment.transport, metrics: environment.metrics)
  }
}

extension MessageQueueHandler {
  init(environment: MailEnvironment) {
    self.init(settingsSource: environment.settings)
  }
}

extension EngagementWaker {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(jobs: environment.jobs, appended: environment.appended, logger: environment.logger)
  }
}

extension EngagementHandler {
  init(environment: MailEnvironment) {
    self.init(
      jobs: environment.jobs, keys: environment.keys,
      recorder: EngagementRecorder(environment: environment), settings: environment.settings,
      metrics: environment.metrics,
      logger: environment.logger)
  }
}

extension EngagementRecorder {
  init(environment: MailEnvironment) {
    self.init(
      jobs: environment.jobs, settings: environment.settings, observers: environment.observers)
  }
}

extension LinkTargets {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, fields: environment.fields, site: environment.site.url,
      signer: environment.signer)
  }
}

extension FollowedLinkCheck {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(jobs: environment.jobs, settings: environment.settings)
  }
}

extension ReplyRecorder {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(jobs: environment.jobs, observers: environment.observers)
  }
}

extension WebVersions {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, site: environment.site, signer: environment.signer,
      settingsSource: environment.settings, objects: environment.objects)
  }
}

extension EmailPreviews {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, fields: environment.fields,
      registry: environment.registry, site: environment.site,
      settingsSource: environment.settings, objects: environment.objects)
  }
}

extension MailSubjects {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(
      pool: environment.jobs.postgres, clock: environment.jobs.clock, signer: environment.signer)
  }
}

extension PreferenceCenter {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(
      jobs: environment.jobs, settingsSource: environment.settings, observers: environment.observers
    )
  }
}

extension Unsubscriber {
  /// Takes what it needs from the environment.
  package init(environment: MailEnvironment) {
    self.init(jobs: environment.jobs, observers: environment.observers)
  }
}

extension EngagementBuffer {
  /// Takes what it needs from the environment.
  package convenience init(environment: MailEnvironment) {
    self.init(
      jobs: environment.jobs, keys: environment.keys, appended: environment.appended,
      logger: environment.logger)
  }
}

extension SendHandler {
  init(environment: MailEnvironment, priority: SendPriority) {
    self.init(
      pool: environment.jobs.postgres, fields: environment.fields, site: environment.site,
      signer: environment.signer,
      settingsSource: environment.settings, transport: environment.transport,
      observers: environment.observers,
      registry: environment.registry, templates: environment.templates,
      throttle: environment.throttle, channel: environment.channel,
      metrics: environment.metrics, priority: priority)
  }
}
