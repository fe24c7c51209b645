import OAuth

extension Principal {
  /// Whom a token stands for.
  init(_ bearer: TokenBearer) {
    switch bearer.actor {
    case .user(let user):
      self.init(user)
      isNarrowed = bearer.rights != user.rights
    case .client(let id, let name, let role):
      self.init(id: -id, username: name, clientRole: role)
    }
    rights = bearer.rights
    isByToken = true
    token = bearer.name
  }
}
