import JobQueue
import Query
import Users

/// `/api/users` (API page, section 9).
struct UserResource: StandardResource {
  let store: UserStore
  let clock: WallClock
  let pageCap: Int

  /// The fewest characters of a password that is chosen through the API.
  static let shortestPassword = 6

  let path = "/api/users"
  let areas = [PermissionArea.users]
  let names = (one: "user", many: "users")
  let shape = ListShape.array

  var entitySchema: Schema {
    """
    @published id:id username:text firstName:text lastName:text email:text? position:text? role:ShortRole \
    timezone:text? locale:text? lastLogin:date? lastActive:date? signature:text? twoFactor:truth
    """
  }
  var required: [String] {
    ["username", "firstName", "lastName", "email", "role", "plainPassword"]
  }
  var example: JSONObject? {
    [
      "username": "grace", "firstName": "Grace", "lastName": "Hopper", "email": "grace@example.com",
      "role": .int(Int(Role.administrators)), "plainPassword": "cobol-1959",
    ]
  }
  func readBody(_ body: JSONValue) throws { _ = try Self.newUser(body) }

  /// What users are searched for and ordered by; conditions refer to `users`, `roles` and `user_activity`.
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "users"), QueryColumn("username", .text, of: "users"),
      QueryColumn("email", .text, of: "users"), QueryColumn("first_name", .text, of: "users"),
      QueryColumn("last_name", .text, of: "users"), QueryColumn("position", .text, of: "users"),
      QueryColumn("role_id", .integer, of: "users"),
      QueryColumn("last_login", .instant, of: "user_activity"),
      QueryColumn("last_active", .instant, of: "user_activity"),
    ] + ListQuery.published("users"),
    mainColumns: ["username", "email", "first_name", "last_name", "position"],
    commands: [
      "username": ListQuery.find(QueryColumn("username", .text, of: "users")),
      "email": ListQuery.find(QueryColumn("email", .text, of: "users")),
      "position": ListQuery.find(QueryColumn("position", .text, of: "users")),
      "role": ListQuery.find(QueryColumn("role", .text, sql: "roles.name")),
      "name": { text, _ in
        .any(
          ["first_name", "last_name"].map {
            ListQuery.find(QueryColumn($0, .text, of: "users"), text, at: .beginning)
          })
      },
    ],
    states: [
      "admin": { _ in "roles.is_admin" }, "active": { _ in "users.is_published" },
      "inactive": { _ in "NOT users.is_published" },
    ])

  func list(_ request: APIRequest) async throws -> (entities: [User], total: Int) {
    let page = try await request.page(of: Self.query, cap: pageCap) { paging, condition, order in
      try await store.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.records, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> User? { try await store.user(id) }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: User, isNew: Bool) {
    let (new, password) = try Self.newUser(body)
    let user = try await store.add(
      new, password: password, by: try request.requiredUser.userActor, now: clock.now)
    return (user, true)
  }

  private static func newUser(
    _ body: JSONValue
  ) throws(APIError) -> (user: NewUser, password: String) {
    var members = Members(body)
    let input = input(&members, isWhole: true)
    let username = members.text("username")
    if (username ?? "").trimmingBlanks.isEmpty { members.refuse("username", "is required") }
    if input.role == nil { members.refuse("role", "is required: the id of a role") }
    let password = password(&members)
    try members.finish()
    guard let username, let password else { throw .badRequest("The user is incomplete.") }
    return (NewUser(username: username, input), password)
  }

  /// User name and password stay as they are, with PUT the role too.
  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> User? {
    guard try await store.user(id) != nil else { return nil }
    var members = Members(body)
    var input = Self.input(&members, isWhole: replacing)
    try members.finish()
    if replacing {
      input.role = nil
      input.position = input.position ?? .some(nil)
      input.signature = input.signature ?? .some(nil)
      input.timeZone = input.timeZone ?? .some(nil)
      input.locale = input.locale ?? .some(nil)
      input.isPublished = input.isPublished ?? true
    }
    return try await store.update(
      id, input, by: try request.requiredUser.userActor, now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> User? {
    try await store.delete(id, by: try request.requiredUser.userActor, now: clock.now)
  }

  func id(of user: User) -> Int64 { user.id }

  func json(_ user: User, _ request: APIRequest) -> JSONValue { JSONValue(user) }

  /// The members of a body; names and address must be there in a whole user, and are never emptied.
  static func input(_ members: inout Members, isWhole: Bool) -> UserInput {
    var input = UserInput()
    for name in ["firstName", "lastName", "email"] {
      let given = members.text(name)
      if isWhole || members.body[name] != nil, (given ?? "").trimmingBlanks.isEmpty {
        members.refuse(name, "is required")
      }
    }
    input.firstName = members.text("firstName")
    input.lastName = members.text("lastName")
    input.email = members.text("email").map { .some($0) }
    input.position = members.optionalText("position").map { .some($0) }
    input.signature = members.optionalText("signature").map { .some($0) }
    input.timeZone = members.optionalText("timezone").map { .some($0) }
    input.locale = members.optionalText("locale").map { .some($0) }
    input.isPublished = members.truth("isPublished")
    if let role = members.reference("role") {
      if role == nil { members.refuse("role", "must be the id of a role") }
      input.role = role
    }
    return input
  }

  /// `plainPassword`: a text, or an object with it twice.
  static func password(_ members: inout Members) -> String? {
    let given = members.body["plainPassword"] ?? .null
    let password = given.text ?? given["password"]?.text
    guard let password, !password.isEmpty else {
      members.refuse("plainPassword", "is required")
      return nil
    }
    if let confirm = given["confirm"], confirm.text != password {
      members.refuse("plainPassword", "password and confirm differ")
    }
    if password.count < shortestPassword {
      members.refuse("plainPassword", "needs at least \(shortestPassword) characters")
    }
    return password
  }
}
