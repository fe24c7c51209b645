import OAuth
import Users

extension AccessControl {
  /// The control of access to the whole API: users by their passwords, users and clients by their tokens.
  init(services: APIServices, configuration: APIConfiguration) {
    let passwords = services.authenticator
    let tokens = TokenAuthenticator(
      store: BearerStore(transactions: services.jobs.transactions, users: services.users))
    self.init(
      requestsPerMinute: configuration.requestsPerMinute,
      tokenRequestsPerMinute: configuration.tokenRequestsPerMinute,
      failedLogins: configuration.failedLogins, limits: services.rateLimits,
      isEnabled: configuration.isEnabled, allowsBasic: configuration.allowsBasic,
      check: { token, address, attempt in
        try await tokens.check(token, from: address) { try await attempt.begin() }
      },
      verify: { name, password, attempt in
        try await passwords.authenticate(name: name, password: password, from: attempt.source) {
          try await attempt.begin()
        }.map(Principal.init)
      })
  }
}

extension BrowserSessions {
  /// The sessions of browsers that show pages of this installation.
  init(services: APIServices, configuration: APIConfiguration) {
    self.init(
      store: SessionStore(
        transactions: services.jobs.transactions,
        limits: SessionLimits(idle: Double(configuration.sessionIdleSeconds))),
      signer: services.mail.linkSigner,
      isSecure: services.mail.siteURL.lowercased().hasPrefix("https://"))
  }
}
