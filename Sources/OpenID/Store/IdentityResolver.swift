import JobQueue
import Primitives
import Users

/// Decides which user somebody is whom a provider has proven (api.md, section 2).
struct IdentityResolver: Sendable {
  let settings: OpenIDSettings
  let transactions: TransactionRunner
  let users: UserStore

  /// Another sign-in of the same identity, or for the same user, was faster.
  private struct Overtaken: Error {}

  /// The user with an identity; else the one with its address, or a new one, to whom it belongs from now on.
  ///
  /// - Parameters:
  ///   - session: The user who is logged in in the browser; nil for none.
  ///   - address: The browser's address.
  /// - Throws: ``OpenIDError/disabled``, ``OpenIDError/noUser``, ``OpenIDError/role(_:)``; `PostgresError`.
  func user(_ claims: Claims, session: Int64?, from address: String) async throws -> User {
    do {
      return try await resolve(claims, session, address)
    } catch is Overtaken {
      // By now the identity is found, or it never fits.
      do { return try await resolve(claims, session, address) } catch is Overtaken {
        throw OpenIDError.noUser
      }
    }
  }

  private func resolve(
    _ claims: Claims, _ session: Int64?, _ address: String
  ) async throws -> User {
    let found = try await transactions.transaction { transaction in
      let issuer = settings.issuer
      if let user = try await IdentityStore.user(claims.subject, at: issuer, in: transaction) {
        guard user.isPublished else { throw OpenIDError.disabled }
        return Optional(user)
      }
      guard settings.linksByEmail, let email = claims.verifiedEmail,
        let user = try await UserStore.owner(ofAddress: email, on: transaction.connection)
      else { return nil }
      guard user.isPublished else { throw OpenIDError.disabled }
      // Whoever runs the provider's mailboxes would else be an administrator: one links himself, while logged in.
      guard !user.role.permissions.isAdministrator || session == user.id else {
        throw OpenIDError.noUser
      }
      var author = user.author
      author.address = address
      let isLinked = try await IdentityStore.link(
        user.id, to: claims.subject, at: issuer, by: "email", author, in: transaction)
      guard isLinked else { throw Overtaken() }
      return user
    }
    if let found { return found }
    guard settings.createsUsers else { throw OpenIDError.noUser }
    return try await create(claims, from: address)
  }

  private func create(_ claims: Claims, from address: String) async throws -> User {
    let role = try await RoleStore(transactions: transactions).find(settings.role)
    guard let role, !role.permissions.isAdministrator else {
      throw OpenIDError.role(settings.role)
    }
    // With no more rights than the role has, so that one that grows meanwhile is refused.
    let actor = UserActor(
      Author(id: nil, name: "OpenID Connect", address: address), rights: role.permissions)
    for username in usernames(claims) {
      do {
        // Nobody knows the password: the user gets in by the provider alone until somebody sets another one.
        return try await users.add(
          NewUser(
            username: username, email: claims.verifiedEmail, firstName: claims.firstName,
            lastName: claims.lastName, role: role.id),
          password: SecretToken.make(), by: actor, now: transactions.clock.now
        ) { user, transaction in
          let isLinked = try await IdentityStore.link(
            user.id, to: claims.subject, at: settings.issuer, by: "create", actor.author,
            in: transaction)
          guard isLinked else { throw Overtaken() }
        }
      } catch UserError.usernameTaken, UserError.invalidUsername {
        continue
      } catch UserError.emailTaken {
        break
      } catch UserError.invalid {
        throw OpenIDError.noUser
      } catch UserError.exceedsOwnRights, UserError.unknownRole {
        throw OpenIDError.role(settings.role)
      }
    }
    // What is taken may be taken by the same identity.
    throw Overtaken()
  }

  /// The names that a new user may get, the first that is free.
  private func usernames(_ claims: Claims) -> [String] {
    let digest = Hex.encode(SecretToken.digest("\(settings.issuer)\n\(claims.subject)"))
    return [claims.verifiedEmail, claims.username].compactMap(\.self)
      + ["openid-\(digest.prefix(16))"]
  }
}
