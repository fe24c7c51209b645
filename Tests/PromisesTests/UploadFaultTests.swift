import Foundation
import Sample
import TestSupport
import Testing

/// The guarantees for a client that repeats its request under one key, whatever happens to the API.
@Suite("An upload", .serialized, .timeLimit(.minutes(10)))
struct UploadFaultTests {
  private let rows = 60_000

  private func list(in installation: Installation) throws -> (file: String, query: String) {
    var text = ""
    for line in ContactList(rows: rows, seed: 5, duplicates: 5, bad: 1) { text += line }
    let mapping = ContactList.mapping.map { column, field in
      "fields[\(column)]=\(field)".addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        .map { $0.replacing("%3D", with: "=") } ?? ""
    }
    return (try installation.file("list.csv", text), mapping.joined(separator: "&"))
  }

  @Test("whose API is killed again and again is received once, when the client tries again")
  func kills() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let list = try list(in: installation)
    // The first is tried again later; the others are abandoned.
    for (round, key) in ["list-1", "lost-2", "lost-3"].enumerated() {
      let request = try api.upload(
        list.file, query: list.query, key: key, bytesPerSecond: 200_000)
      let hasBegun = await eventually(within: .seconds(60)) {
        let begun = try? await installation.pool.query(
          "SELECT FROM imports WHERE status = 8 AND size_bytes > 0")
        return (begun?.count ?? 0) > round
      }
      #expect(hasBegun)
      try await api.replace()
      #expect(try await request.answer().status != 202)
    }
    // The key is held until the lease of the process that died runs out.
    var last = APIProcess.Answer(status: 0, body: "")
    let isIn = try await eventually(within: .seconds(90)) {
      last = try await api.upload(list.file, query: list.query, key: "list-1").answer()
      return last.status == 202
    }
    #expect(isIn, "\(last)")
    // Asked again, it is the same import.
    let again = try await api.upload(list.file, query: list.query, key: "list-1").answer()
    #expect(again.body == last.body)

    let crew = try Crew(installation, workers: 1)
    let watched = WatchedImport(installation: installation, rows: rows)
    #expect(await watched.ends(), "\(crew.casualties)")
    let state = try await watched.state()
    #expect(state.lines == rows && state.processed == rows, "\(state)")
    let imports = try await api.get("/api/imports?status=imported")
    #expect(imports.body.contains("\"total\":1,"), "\(imports.body.prefix(300))")
    // Half files start nothing.
    let halves = try await api.get("/api/imports?status=uploading")
    #expect(halves.body.contains("\"total\":2,"), "\(halves.body.prefix(300))")
  }

  @Test("of any size leaves the API small")
  func memory() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let url = try installation.emptyFile("large.csv")
    let handle = try FileHandle(forWritingTo: url)
    var lines = "email,firstname,lastname,city\n"
    for row in 0..<16_000 { lines += "person\(row)@example.com,Ada,Lovelace-Byron-King,London\n" }
    // Some 160 MB, more than the process may hold.
    for _ in 0..<200 { try handle.write(contentsOf: Data(lines.utf8)) }
    try handle.close()
    let answer = try await api.upload(
      url.path, query: "autoStart=0&fields%5Bemail%5D=email", key: "large"
    ).answer()
    #expect(answer.status == 202, "\(answer)")
    if let peak = api.peakMemory { #expect(peak < 150 << 20, "\(peak >> 20) MiB") }
  }

  @Test("goes on being answered by a new API while workers do the import")
  func progress() async throws {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let list = try list(in: installation)
    let crew = try Crew(installation, workers: 1)
    #expect(try await api.upload(list.file, query: list.query, key: "k").answer().status == 202)
    let watched = WatchedImport(installation: installation, rows: rows)
    for share in [0.2, 0.6] {
      #expect(await watched.reaches(share))
      try await api.replace()
    }
    #expect(await watched.ends(), "\(crew.casualties)")
    let import1 = try await api.get("/api/imports/1")
    #expect(import1.body.contains("\"statusName\":\"imported\""))
    #expect(import1.body.contains("\"processedCount\":\(rows),"))
    #expect(try await api.get("/api/contacts?limit=1").status == 200)
  }
}
