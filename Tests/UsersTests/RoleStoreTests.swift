import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct RoleStoreTests {
  let now = Date(timeIntervalSince1970: 1_700_000_000)
  let hasher = PasswordHasher(cost: .least)

  private func with(
    _ body: (PostgresPool, UserStore, RoleStore) async throws -> Void
  ) async throws {
    try await TestDatabase.with(migrations: usersSchema, maximumConnections: 10) { database in
      try await body(
        database.pool, UserStore(pool: database.pool, hasher: hasher),
        RoleStore(transactions: TransactionRunner(database.pool)))
    }
  }

  private func grants(_ grants: [String: [String]], named name: String = "Editor") -> RoleInput {
    var input = RoleInput()
    input.name = name
    input.grants = grants
    return input
  }

  @Test func aNewSystemHasTwoRoles() async throws {
    try await with { (_, users, roles) async throws in
      let page = try await roles.page(start: 0, limit: 10)
      #expect(page.records.map(\.id) == [Role.administrators, Role.users])
      #expect(page.records[0].permissions.isAdministrator)
      try page.records[1].permissions.check()
      #expect(page.records[1].permissions.access(.contacts, .edit) == .all)
      #expect(page.records[1].permissions.access(.fields, .full) == .none)
      #expect(page.records[1].permissions.access(.users, .view) == .none)
      let bob = try await users.add(NewUser(username: "bob"), password: "secret", now: now)
      #expect(bob.role.id == Role.users)
    }
  }

  @Test func rolesAreCreatedChangedAndDeleted() async throws {
    try await with { (pool, users, roles) async throws in
      let role = try await roles.create(
        grants(["email:emails": ["viewother", "viewown"]]), by: .commandLine, now: now)
      #expect(role.permissions.grants == ["email:emails": ["viewother", "viewown"]])
      #expect(try await roles.find(named: "EDITOR") == role)
      await #expect(throws: PermissionError.unknownArea("no:such")) {
        try await roles.update(role.id, grants(["no:such": ["view"]]), by: .commandLine, now: now)
      }
      await #expect(throws: UserError.self) {
        try await roles.create(grants([:], named: " "), by: .commandLine, now: now)
      }
      let bob = try await users.add(
        NewUser(username: "bob", role: role.id), password: "secret", now: now)
      await #expect(throws: UserError.roleInUse(name: "Editor", users: 1)) {
        try await roles.delete(role.id, by: .commandLine, now: now)
      }
      try await users.setRole(Role.users, of: "bob", now: now)
      #expect(try await roles.delete(role.id, by: .commandLine, now: now)?.id == role.id)
      #expect(try await roles.delete(role.id, by: .commandLine, now: now) == nil)
      await #expect(throws: UserError.unknownRole(role.id)) {
        try await users.setRole(role.id, of: "bob", now: now)
      }
      let lines = try await pool.query(
        "SELECT object, action, object_id FROM audit_log ORDER BY id"
      ).map { row in
        "\(try row.decode("object", as: String.self)) \(try row.decode("action", as: String.self))"
      }
      #expect(
        lines == ["role create", "user create", "user update", "role delete"] && bob.id > 0)
    }
  }

  @Test func nobodyGivesWhatHeHasNot() async throws {
    try await with { (_, users, roles) async throws in
      let desk = UserActor(
        Author(id: 9, name: "Desk"),
        rights: PermissionSet(grants: ["user:users": ["full"], "user:roles": ["full"]]))
      let ada = try await users.add(
        NewUser(username: "ada", role: Role.administrators), password: "secret", now: now)
      await #expect(throws: UserError.exceedsOwnRights) {
        try await users.add(
          NewUser(username: "eve", role: Role.administrators), password: "secret", by: desk,
          now: now)
      }
      await #expect(throws: UserError.exceedsOwnRights) {
        try await users.delete(ada.id, by: desk, now: now)
      }
      await #expect(throws: UserError.exceedsOwnRights) {
        try await roles.create(grants(["lead:leads": ["viewown"]]), by: desk, now: now)
      }
      var all = grants([:])
      all.isAdministrator = true
      await #expect(throws: UserError.exceedsOwnRights) {
        try await roles.create(all, by: desk, now: now)
      }
      let role = try await roles.create(
        grants(["user:users": ["view"]]), by: desk, now: now)
      await #expect(throws: UserError.exceedsOwnRights) {
        try await roles.update(role.id, all, by: desk, now: now)
      }
      try await users.add(
        NewUser(username: "kim", role: role.id), password: "secret", by: desk, now: now)
    }
  }

  @Test func theLastAdministratorStays() async throws {
    try await with { (_, users, roles) async throws in
      try await users.add(
        NewUser(username: "ada", role: Role.administrators), password: "secret", now: now)
      await #expect(throws: UserError.lastAdministrator) {
        try await users.remove("ada", now: now)
      }
      await #expect(throws: UserError.lastAdministrator) {
        try await users.setPublished(false, of: "ada", now: now)
      }
      await #expect(throws: UserError.lastAdministrator) {
        try await users.setRole(Role.users, of: "ada", now: now)
      }
      var input = RoleInput()
      input.isAdministrator = false
      await #expect(throws: UserError.lastAdministrator) {
        try await roles.update(Role.administrators, input, by: .commandLine, now: now)
      }
      input = RoleInput()
      input.isPublished = false
      await #expect(throws: UserError.lastAdministrator) {
        try await roles.update(Role.administrators, input, by: .commandLine, now: now)
      }
      #expect(try await users.find("ada")?.rights.isAdministrator == true)
    }
  }

  @Test func oneOfManyAdministratorsStaysWhenAllGoAtOnce() async throws {
    try await with { (_, users, _) async throws in
      let names = (0..<8).map { "admin\($0)" }
      for name in names {
        try await users.add(
          NewUser(username: name, role: Role.administrators), password: "secret", now: now)
      }
      let gone = await withTaskGroup(of: Bool.self) { group in
        for (number, name) in names.enumerated() {
          group.addTask { [now] in
            do {
              switch number % 3 {
              case 0: try await users.remove(name, now: now)
              case 1: try await users.setPublished(false, of: name, now: now)
              default: try await users.setRole(Role.users, of: name, now: now)
              }
              return true
            } catch {
              #expect(error as? UserError == .lastAdministrator)
              return false
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(gone == names.count - 1)
      let left = try await users.list().filter { $0.isPublished && $0.rights.isAdministrator }
      #expect(left.count == 1)
    }
  }

  @Test func aChangedRoleIsFeltWithoutALogin() async throws {
    try await with { (pool, users, roles) async throws in
      let role = try await roles.create(
        grants(["lead:leads": ["viewown"]]), by: .commandLine, now: now)
      try await users.add(
        NewUser(username: "kim", role: role.id), password: "secret", now: now)
      let authenticator = Authenticator(
        store: users, hasher: hasher, limits: .init(freshness: .zero))
      let before = try await authenticator.authenticate(name: "kim", password: "secret")
      #expect(before?.rights.access(.contacts, .view) == .own)
      _ = try await roles.update(
        role.id, grants(["lead:leads": ["viewother"]]), by: .commandLine, now: now)
      let after = try await authenticator.authenticate(name: "kim", password: "secret")
      #expect(after?.rights.access(.contacts, .view) == .all)
      #expect(try await users.find("kim")?.lastActive != nil)
      // The time of a login is no change that makes every process forget.
      let verified = await authenticator.verifications
      _ = try await authenticator.authenticate(name: "kim", password: "secret")
      #expect(await authenticator.verifications == verified)
      #expect(try await !pool.query("SELECT FROM user_activity").isEmpty)
    }
  }

  @Test func namesAreNobodyElsesAddress() async throws {
    try await with { (_, users, _) async throws in
      try await users.add(
        NewUser(username: "ada", email: "ada@example.com"), password: "secret", now: now)
      await #expect(throws: UserError.usernameTaken) {
        try await users.add(NewUser(username: "ADA@example.com"), password: "secret", now: now)
      }
      try await users.add(NewUser(username: "kim@example.com"), password: "secret", now: now)
      await #expect(throws: UserError.emailTaken) {
        try await users.add(
          NewUser(username: "eve", email: "Kim@example.com"), password: "secret", now: now)
      }
    }
  }
}
