import Testing

@testable import API

@Suite struct UsersAPITests {
  @Test func usersHaveTheTenEndpoints() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.call("POST", "/users/new", APIBed.newUser("lee", role: ["id": 2]))
      #expect(made.status == 201)
      let user = made.json["user"] ?? .null
      let id = try #require(user["id"]?.integer)
      guard case .object(let members) = user else { throw APIError.notFound }
      #expect(
        members.members.map(\.key) == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "username", "firstName", "lastName", "email", "position", "role",
          "timezone", "locale", "lastLogin", "lastActive", "signature", "twoFactor",
        ])
      #expect(user["createdByUser"] == "Ada Admin")
      #expect(user["role"]?["name"] == "User")
      #expect(user["role"]?["rawPermissions"]?["lead:leads"] == ["full"])
      #expect(user["lastLogin"] == .null)

      // The password logs in; the name and the password are not changed by an edit.
      #expect(try await bed.call(as: "lee", "GET", "/users/self").json["id"] == .int(id))
      let edited = try await bed.call(
        "PATCH", "/users/\(id)/edit",
        #"{"username":"other","plainPassword":"changed","position":"Desk","timezone":"Europe/Paris"}"#
      )
      #expect(edited.json["user"]?["username"] == "lee")
      #expect(edited.json["user"]?["position"] == "Desk")
      #expect(edited.json["user"]?["timezone"] == "Europe/Paris")
      #expect(try await bed.call(as: "lee", "GET", "/users/self").json["lastLogin"] != .null)

      // PUT keeps the role, and empties what is not given.
      let put = try await bed.call(
        "PUT", "/users/\(id)/edit",
        #"{"firstName":"Lee","lastName":"Low","email":"low@example.com","role":1}"#)
      #expect(put.status == 200)
      #expect(put.json["user"]?["role"]?["id"] == 2)
      #expect(put.json["user"]?["position"] == .null)
      #expect(put.json["user"]?["firstName"] == "Lee")

      let found = try await bed.call("GET", "/users?search=is:admin").json
      #expect(found["total"] == 1 && found["users"]?.elements?.first?["username"] == "admin")
      #expect(try await bed.call("GET", "/users?search=role:User").json["total"] == 2)
      #expect(try await bed.call("GET", "/users?search=username:le").json["total"] == 1)

      let gone = try await bed.call("DELETE", "/users/\(id)/delete")
      #expect(gone.json["user"]?["id"] == .null && gone.json["user"]?["username"] == "lee")
      #expect(try await bed.call("GET", "/users/\(id)").status == 404)
      #expect(
        try await bed.texts("SELECT action FROM audit_log WHERE object = 'user' ORDER BY id")
          .suffix(4)
          == ["create", "update", "update", "delete"])
    }
  }

  @Test(arguments: [
    ("{}", "username"), (#"{"username":"x","plainPassword":"short"}"#, "plainPassword"),
    (#"{"username":"kim"}"#, "email"),
    (#"{"plainPassword":{"password":"secret","confirm":"other!"}}"#, "plainPassword"),
    (
      #"{"role":99,"username":"x","firstName":"a","lastName":"b","email":"x@y.z","plainPassword":"secret"}"#,
      "role"
    ),
    (
      #"{"role":2,"username":"KIM","firstName":"a","lastName":"b","email":"x@y.z","plainPassword":"secret"}"#,
      "username"
    ),
    (
      #"{"role":2,"username":"x","firstName":"a","lastName":"b","email":"ADA@example.com","plainPassword":"secret"}"#,
      "email"
    ),
    (
      #"{"role":2,"username":"x","firstName":"a","lastName":"b","email":"x","plainPassword":"secret"}"#,
      "email"
    ),
    (
      #"{"role":2,"username":"x","firstName":"a","lastName":"b","email":"x@y.z","plainPassword":"secret","timezone":"Mars"}"#,
      "timezone"
    ),
  ])
  func badUsersAreRefusedByMember(body: String, member: String) async throws {
    try await APIBed.with { (bed) async throws in
      let answer = try await bed.call("POST", "/users/new", body)
      #expect(answer.status == 400)
      let details = answer.json["errors"]?.elements?.first?["details"]
      #expect(details?[member] != nil, "\(answer.json)")
      #expect(try await bed.call("GET", "/users").json["total"] == 2)
    }
  }

  @Test func nobodyDeletesHimselfOrTheLastAdministrator() async throws {
    try await APIBed.with { (bed) async throws in
      #expect(try await bed.call("DELETE", "/users/1/delete").status == 403)
      #expect(
        try await bed.call("PATCH", "/users/1/edit", #"{"isPublished":false}"#).status == 409)
      #expect(try await bed.call("PATCH", "/users/1/edit", #"{"role":2}"#).status == 409)
      #expect(try await bed.call("PATCH", "/roles/1/edit", #"{"isAdmin":false}"#).status == 409)
      #expect(try await bed.call("GET", "/users/1").json["user"]?["role"]?["isAdmin"] == true)
    }
  }

  @Test func rolesHaveTheTenEndpoints() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.call(
        "POST", "/roles/new",
        #"{"name":"Editor","description":"Writes","rawPermissions":{"email:emails":["viewown","viewother"]}}"#
      )
      #expect(made.status == 201)
      let id = try #require(made.json["role"]?["id"]?.integer)
      #expect(made.json["role"]?["rawPermissions"]?["email:emails"] == ["viewown", "viewother"])
      #expect(made.json["role"]?["isAdmin"] == false)
      let patched = try await bed.call("PATCH", "/roles/\(id)/edit", #"{"name":"Writer"}"#)
      #expect(patched.json["role"]?["rawPermissions"]?["email:emails"] != nil)
      let put = try await bed.call("PUT", "/roles/\(id)/edit", #"{"name":"Writer"}"#)
      #expect(put.json["role"]?["rawPermissions"] == [])
      #expect(put.json["role"]?["description"] == .null)
      let wrong = try await bed.call(
        "PATCH", "/roles/\(id)/edit", #"{"rawPermissions":{"email:emails":["viewmine"]}}"#)
      #expect(wrong.status == 400)
      let names = try await bed.call("GET", "/users/list/roles?filter=writ").json
      #expect(names == [["id": .int(id), "name": "Writer"]])
      _ = try await bed.call(
        "POST", "/users/new", APIBed.newUser("lee", role: ["id": .int(id)]))
      let used = try await bed.call("DELETE", "/roles/\(id)/delete")
      #expect(used.status == 409)
      #expect("\(used.json)".contains("Writer"))
    }
  }

  @Test func permissionsAreToldInEveryForm() async throws {
    try await APIBed.with { (bed) async throws in
      let id = try await bed.user("lee", may: ["lead:leads": ["viewother"]])
      let path = "/users/\(id)/permissioncheck"
      #expect(
        try await bed.call("POST", path, #"{"permissions":"lead:leads:viewown"}"#).json
          == ["lead:leads:viewown": true])
      #expect(
        try await bed.call(
          "POST", path, #"{"permissions":["lead:leads:viewown","user:users:create"]}"#
        )
        .json == ["lead:leads:viewown": true, "user:users:create": false])
      #expect(
        try await bed.call(
          as: "lee", "POST", path, #"{"permissions":{"lead:leads":["viewother","create"]}}"#
        )
        .json == ["lead:leads:viewother": true, "lead:leads:create": false])
      #expect(try await bed.call("POST", path, "{}").status == 400)
      #expect(try await bed.call("POST", path, #"{"permissions":"nonsense"}"#).status == 400)
      #expect(
        try await bed.call(
          "POST", "/users/1/permissioncheck", #"{"permissions":"user:users:create"}"#
        )
        .json == ["user:users:create": true])
      #expect(
        try await bed.call(
          as: "lee", "POST", "/users/1/permissioncheck", #"{"permissions":"user:users:view"}"#
        ).status == 403)
    }
  }

  @Test func nobodyGivesWhatHeHasNot() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("desk", may: ["user:users": ["full"], "user:roles": ["full"]])
      let admin = try await bed.call(
        as: "desk", "POST", "/users/new", APIBed.newUser("eve", role: ["id": 1]))
      #expect(admin.status == 403)
      #expect(
        try await bed.call(as: "desk", "PATCH", "/users/2/edit", #"{"role":1}"#).status == 403)
      #expect(try await bed.call(as: "desk", "DELETE", "/users/1/delete").status == 403)
      #expect(
        try await bed.call(as: "desk", "POST", "/roles/new", #"{"name":"x","isAdmin":true}"#).status
          == 403)
      let small = try await bed.call(
        as: "desk", "POST", "/roles/new", #"{"name":"x","rawPermissions":{"user:users":["view"]}}"#)
      #expect(small.status == 201)
    }
  }
}
