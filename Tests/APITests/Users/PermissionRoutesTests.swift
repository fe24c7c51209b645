import Hummingbird
import Testing
import Users

@testable import API

@Suite struct PermissionRoutesTests {
  /// What every user may call: about himself, about jobs, of which he sees his own, and tools, each of which asks for the
  /// permissions of its route.
  static let forAnyUser: Set<String> = [
    "GET /api/users/self", "POST /api/users/{id}/permissioncheck", "GET /api/jobs",
    "GET /api/jobs/{job:text}", "POST /api/jobs/{job:text}/cancel",
    "POST /api/jobs/{job:text}/retry", "POST /mcp", "PATCH /api/users/self/edit",
    "GET /api/users/self/sessions", "DELETE /api/users/self/sessions",
    "DELETE /api/users/self/sessions/{id}",
  ]

  @Test func aRoleWithoutRightsIsRefusedEverywhere() async throws {
    var configuration = APIConfiguration()
    configuration.requestsPerMinute = 0
    try await APIBed.with(configuration: configuration) { (bed) async throws in
      try await bed.user("nobody", may: [:])
      var open: Set<String> = []
      var asked = 0
      for route in bed.routes where !route.needs.isPublic {
        let name = "\(route.method.rawValue) \(route.path)"
        if case .anyUser = route.needs {
          open.insert(name)
          continue
        }
        let path = route.path.split(separator: "/").map { part in
          !part.hasPrefix("{") ? String(part) : part.hasSuffix(":text}") ? "x" : "1"
        }.joined(separator: "/")
        let answer = try await bed.server.request(route.method.rawValue, "/" + path, as: "nobody")
        #expect(answer.status == 403, "\(name): \(answer.status)")
        asked += 1
      }
      #expect(open == Self.forAnyUser)
      #expect(asked > 200)
    }
  }

  /// What sites and their visitors call stands outside of `/api`, but for the health of the server, messages and the document.
  @Test func noRouteOfTheAPIIsOpenByMistake() async throws {
    try await APIBed.with { (bed) async throws in
      // Messages of apps bring keys of their own.
      let open = bed.routes.filter {
        $0.needs.isPublic && $0.path.hasPrefix("/api/") && !$0.path.hasPrefix("/api/s/")
      }
      #expect(
        Set(open.map(\.path)) == [
          "/api/health", "/api/health/live", "/api/openapi.json", "/api/docs",
        ])
    }
  }

  @Test func recordsOfAnAreaWithOwnersAreCheckedByTheirOwner() async throws {
    try await APIBed.with { (bed) async throws in
      // A route about one record must say which, or take the permission for others' records.
      for route in bed.routes where route.path.contains("{id}") {
        guard case .needs(let needs) = route.needs else { continue }
        let areas = needs.filter { $0.record == nil && $0.least < .all }.flatMap(\.areas)
        let record = needs.first { $0.record?.parameter == "id" }
        let isOwned = areas.contains { $0.levels.contains(.viewown) }
        #expect(
          !isOwned || record != nil || route.path.contains("/batch/"),
          "\(route.method.rawValue) \(route.path)")
      }
    }
  }

  @Test func plainUsersMayWhatTheyCouldBefore() async throws {
    try await APIBed.with { (bed) async throws in
      for path in [
        "/contacts", "/companies", "/segments", "/campaigns", "/emails", "/forms", "/assets",
        "/pages", "/points", "/points/triggers", "/stages", "/tags", "/categories", "/hooks",
        "/dynamiccontents", "/focus", "/notes", "/devices", "/fields/contact", "/imports",
        "/exports", "/stats", "/contacts/activity", "/users/self",
      ] {
        let answer = try await bed.call(as: "kim", "GET", path)
        #expect(answer.status == 200, "\(path): \(answer.text)")
      }
      for path in ["/queues", "/workers", "/users", "/roles"] {
        #expect(try await bed.call(as: "kim", "GET", path).status == 403, "\(path)")
      }
    }
  }

  @Test func publishingTakesAPermissionOfItsOwn() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("lee", may: ["focus:items": ["viewown", "editown", "create"]])
      let refused = try await bed.call(
        as: "lee", "POST", "/focus/new", #"{"name":"Bar","isPublished":true}"#)
      #expect(refused.status == 403)
      let made = try await bed.call(as: "lee", "POST", "/focus/new", #"{"name":"Bar"}"#)
      #expect(made.json["focus"]?["isPublished"] == false)
      let id = made.json["focus"]?["id"]?.integer ?? 0
      let path = "/focus/\(id)/edit"
      #expect(
        try await bed.call(as: "lee", "PATCH", path, #"{"isPublished":true}"#).status == 403)
      // A whole entity that was read is sent back, and PUT publishes nothing either.
      let same = try await bed.call(
        as: "lee", "PATCH", path, #"{"name":"Top","isPublished":false,"publishUp":null}"#)
      #expect(same.json["focus"]?["name"] == "Top")
      let put = try await bed.call(as: "lee", "PUT", path, #"{"name":"Low"}"#)
      #expect(put.json["focus"]?["isPublished"] == false)
    }
  }

  @Test func categoriesFollowTheirBundle() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("lee", may: ["email:categories": ["view", "create", "publish"]])
      let mine = try await bed.call(
        as: "lee", "POST", "/categories/new", #"{"title":"News","bundle":"email"}"#)
      #expect(mine.status == 201)
      let other = try await bed.call("POST", "/categories/new", #"{"title":"P","bundle":"page"}"#)
      let id = other.json["category"]?["id"]?.integer ?? 0
      #expect(try await bed.call(as: "lee", "GET", "/categories/\(id)").status == 403)
      #expect(try await bed.call(as: "lee", "GET", "/categories").json["total"] == 1)
      #expect(
        try await bed.call(
          as: "lee", "POST", "/categories/new", #"{"title":"P2","bundle":"page"}"#
        ).status == 403)
    }
  }
}
