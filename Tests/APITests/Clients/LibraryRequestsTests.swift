import Testing

@testable import API

/// What is particular to the requests of the library for PHP and the package for Python.
@Suite("The libraries for PHP and Python (API page, 1, 3, 6 and 7)")
struct LibraryRequestsTests {
  @Test(
    "PHP: queries as http_build_query writes them, JSON with nulls, behind the front controller")
  func php() async throws {
    try await APIBed.with { (bed) async throws in
      let php = ReplayedClient.php(bed)
      for name in ["a", "b", "c"] {
        try await php.call(
          "POST", "/contacts/new",
          #"{"email":"\#(name)@example.com","firstname":"\#(name)","points":"7","owner":null,"tags":["one","-two"]}"#
        )
      }
      let list = try await php.call(
        "GET",
        "/contacts?search=ids%3A1%2C2%2C3&limit=999&orderBy=id&orderByDir=DESC&publishedOnly=1&minimal=1"
      )
      #expect(list["total"] == "3" && list["contacts"]?.asObject?.keys == ["3", "2", "1"])
      let chosen = try await php.call(
        "GET",
        "/contacts?select%5B0%5D=id&select%5B1%5D=firstname&where%5B0%5D%5Bcol%5D=firstname&where%5B0%5D%5Bexpr%5D=in&where%5B0%5D%5Bval%5D%5B0%5D=a&where%5B0%5D%5Bval%5D%5B1%5D=b&order%5B0%5D%5Bcol%5D=firstname&order%5B0%5D%5Bdir%5D=desc"
      )
      #expect(chosen["contacts"]?.asObject?.keys == ["2", "1"])
      try await php.call("PUT", "/contacts/1/edit", #"{"firstname":"A","email":"a@example.com"}"#)
      let deleted = try await php.call("DELETE", "/contacts/batch/delete?ids%5B0%5D=3&ids%5B1%5D=1")
      #expect(deleted["contacts"]?.elements?.map { $0["id"]?.integer } == [3, 1])
      let segment = try await php.call(
        "POST", "/segments/new",
        #"{"name":"S","publishUp":"2024-03-01T09:30:00+00:00","isPublished":"1","filters":[]}"#)
      #expect(segment["list"]?["id"]?.integer == 1)
      try await php.call("POST", "/segments/1/contact/2/add", "[]")
      #expect(try await php.call("GET", "/contacts/2/segments")["lists"]?["1"] != nil)
    }
  }

  @Test("Python: forms in every write, old paths, repeated names")
  func python() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.prepare(contacts: 1)
      let campaign = try await bed.campaign(Event.points("new1"))
      let python = ReplayedClient.python(bed)
      try await python.form("PATCH", "/contacts/1/edit", [("firstname", "Ana"), ("points", "3")])
      let put = try await python.form(
        "PUT", "/contacts/1/edit", [("email", "ana@example.com"), ("firstname", "Ana")])
      #expect(put["contact"]?["fields"]?["all"]?["firstname"] == "Ana")
      let added = try await python.form(
        "POST", "/contacts/1/dnc/add/email", [("reason", "3"), ("comments", "via API")])
      #expect(added["contact"]?["doNotContact"]?.elements?.count == 1)
      #expect(try await python.call("POST", "/contacts/1/dnc/remove/email")["recordFound"] == true)
      try await python.form(
        "POST", "/contacts/1/points/plus/2", [("eventname", "E"), ("actionname", "A")])
      let events = try await python.call(
        "GET",
        "/contacts/1/events?search=&includeEvents=point.gained&orderBy=&orderByDir=ASC&page=1")
      let kinds = try #require(events["events"]?.elements).map { $0["event"] }
      #expect(!kinds.isEmpty && kinds.allSatisfy { $0 == "point.gained" })
      try await python.call("POST", "/segments/1/contact/add/1")
      #expect(try await python.call("GET", "/contacts/1/segments")["lists"]?["1"] != nil)
      try await python.call("POST", "/campaigns/\(campaign)/contact/add/1")
      #expect(
        try await python.call("GET", "/contacts/1/campaigns")["campaigns"]?["\(campaign)"] != nil)
      try await python.call("POST", "/campaigns/\(campaign)/contact/remove/1")
      #expect(try await python.call("GET", "/contacts/1/campaigns")["campaigns"] == [])
      let list = try await python.call(
        "GET", "/contacts?limit=999&orderByDir=ASC&publishedOnly=true")
      #expect(list["total"]?.integer == 1)
      // As in PHP the last of several with one name counts.
      let permissions = try await python.form(
        "POST", "/users/1/permissioncheck",
        [("permissions", "lead:leads:create"), ("permissions", "lead:leads:viewown")])
      #expect(permissions.asObject?.keys == ["lead:leads:viewown"])
      try await python.call("DELETE", "/contacts/1/delete")
    }
  }

  @Test(
    "What clients probe: HEAD, OPTIONS, a newer API and a trailing slash",
    arguments: ["", "/index.php"])
  func probes(front: String) async throws {
    try await APIBed.with { (bed) async throws in
      let head = try await bed.server.request("HEAD", front + "/api/contacts")
      let get = try await bed.server.request("GET", front + "/api/contacts")
      #expect(head.status == 200 && head.headers["content-length"] == get.headers["content-length"])
      #expect(head.headers["mautic-version"] == "5.1.0")
      let options = try await bed.server.request("OPTIONS", front + "/api/contacts", as: nil)
      #expect((200...204).contains(options.status) && options.body.isEmpty)
      for user in ["admin", nil] {
        let newer = try await bed.server.request("GET", front + "/api/v2/companies", as: user)
        #expect(newer.status == 404 && newer.headers["content-type"] == "application/json")
        #expect(newer.error["code"] == 404)
      }
      let slash = try await bed.server.request("GET", front + "/api/contacts/?limit=1")
      #expect(slash.status == 301)
      #expect(slash.headers["location"]?.hasSuffix("/api/contacts?limit=1") == true)
    }
  }
}
