import OAuth

extension AccessControl {
  /// The control of access to the whole API: users by their passwords, users and clients by their tokens.
  init(services: APIServices, configuration: APIConfiguration) {
    let passwords = services.authenticator
    let tokens = TokenAuthenticator(
      store: BearerStore(transactions: services.jobs.transactions, users: services.users))
    self.init(
      requestsPerMinute: configuration.requestsPerMinute,
      failedLoginsPerMinute: configuration.failedLoginsPerMinute,
      isEnabled: configuration.isEnabled, allowsBasic: configuration.allowsBasic,
      check: { token, address, attempt in
        try await tokens.check(token, from: address) { try attempt.begin() }
      },
      verify: { name, password, attempt in
        try await passwords.authenticate(name: name, password: password, from: attempt.source) {
          try attempt.begin()
        }.map(Principal.init)
      })
  }
}
