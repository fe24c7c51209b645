import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("Files of the console's pages (CSL-3)") struct ConsoleAssetsTests {
  private func file(_ name: String, _ text: String) -> ConsoleAssets.File {
    (name, Array(text.utf8))
  }

  private func served(_ name: String, by assets: ConsoleAssets) throws -> String {
    let path = try #require(assets.path(name))
    #expect(path.hasPrefix("/console/assets/"))
    return String(path.dropFirst("/console/assets/".count))
  }

  private func text(_ name: String, by assets: ConsoleAssets) throws -> String {
    let answer = assets.answer(try served(name, by: assets), acceptsGzip: false)
    return String(decoding: try #require(answer).bytes, as: UTF8.self)
  }

  /// Runs with a folder of files, which is removed afterwards.
  private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, content) in files {
      let path = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content.utf8).write(to: path)
    }
    try body(folder.path)
  }

  @Test("a file's name holds ten digits of its SHA-256")
  func digest() throws {
    let assets = try ConsoleAssets(own: [file("a.b.js", "abc")])
    #expect(assets.path("a.b.js") == "/console/assets/a.b-ba7816bf8f.js")
    #expect(assets.path("a.js") == nil)
    #expect(assets.answer("a.b.js", acceptsGzip: false) == nil)
    #expect(assets.answer("a.b-0000000000.js", acceptsGzip: false) == nil)
  }

  @Test(
    "a file is sent with its type",
    arguments: [
      ("x.js", "text/javascript; charset=utf-8"), ("x.css", "text/css; charset=utf-8"),
      ("x.woff2", "font/woff2"), ("x.svg", "image/svg+xml"), ("x.png", "image/png"),
      ("x.json", "application/json"), ("x.txt", "text/plain; charset=utf-8"),
    ])
  func types(_ name: String, _ type: String) throws {
    let assets = try ConsoleAssets(own: [file(name, "x")])
    let answer = assets.answer(try served(name, by: assets), acceptsGzip: true)
    #expect(answer?.type == type)
  }

  @Test(
    "a file of the program's own that has no known type is refused",
    arguments: ["x", "x.exe", ".js", "a/x.js"])
  func unknownType(_ name: String) {
    #expect(throws: ConsoleAssetsError.self) { try ConsoleAssets(own: [file(name, "x")]) }
  }

  @Test(
    "imports and addresses in modules get the served names, and change the names of those that import"
  )
  func imports() throws {
    func assets(_ leaf: String) throws -> ConsoleAssets {
      try ConsoleAssets(own: [
        file("leaf.js", leaf),
        file(
          "top.js",
          """
          import {a} from './leaf.js';
          import "./leaf.js"; export * from"./leaf.js";
          const b = await import( './leaf.js' );
          const c = new URL('./leaf.js', import.meta.url), d = new URL('./absent.js', import.meta.url);
          const e = ['./leaf.js', 'leaf.js', reform('./leaf.js'), "../leaf.js", './leaf.js?x'];
          """),
      ])
    }
    let first = try assets("export const a = 1;")
    let leaf = try served("leaf.js", by: first)
    #expect(
      try text("top.js", by: first) == """
        import {a} from './\(leaf)';
        import "./\(leaf)"; export * from"./\(leaf)";
        const b = await import( './\(leaf)' );
        const c = new URL('./\(leaf)', import.meta.url), d = new URL('./absent.js', import.meta.url);
        const e = ['./leaf.js', 'leaf.js', reform('./leaf.js'), "../leaf.js", './leaf.js?x'];
        """)
    let second = try assets("export const a = 2;")
    #expect(first.path("top.js") != second.path("top.js"))
    #expect(first.path("top.js") == (try assets("export const a = 1;").path("top.js")))
  }

  @Test("an import of what is not there is refused")
  func missingImport() {
    let error = #expect(throws: ConsoleAssetsError.self) {
      try ConsoleAssets(own: [file("top.js", "import './none.js'")])
    }
    #expect(error?.description == "top.js imports none.js, which is not there")
  }

  @Test("imports in a circle are refused, with the way round")
  func circle() {
    let error = #expect(throws: ConsoleAssetsError.self) {
      try ConsoleAssets(own: [
        file("a.js", "import './b.js'"), file("b.js", "import './c.js'"),
        file("c.js", "import './b.js'"),
      ])
    }
    #expect(error?.description.hasSuffix("b.js → c.js → b.js") == true)
  }

  @Test(
    "addresses in style sheets get the served names; data, other sites and what is missing stay")
  func styles() throws {
    let assets = try ConsoleAssets(own: [
      file("x.woff2", "font"), file("i.svg", "<svg/>"),
      file(
        "x.css",
        "a{b:url(x.woff2) url('./x.woff2') url(\"x.woff2\") url(i.svg#p) url(none.png) url(data:x.woff2) url(/x.woff2) url("
      ),
    ])
    let font = try served("x.woff2", by: assets)
    let picture = try served("i.svg", by: assets)
    #expect(
      try text("x.css", by: assets)
        == "a{b:url(\(font)) url('./\(font)') url(\"\(font)\") url(\(picture)#p) url(none.png) url(data:x.woff2) url(/x.woff2) url("
    )
  }

  @Test("a body is packed where it gains, for those that take it")
  func packing() throws {
    let long = String(repeating: "The same again. ", count: 500)
    let assets = try ConsoleAssets(own: [
      file("long.js", long), file("short.js", "a"), file("long.woff2", long), file("none.css", ""),
    ])
    let name = try served("long.js", by: assets)
    let plain = try #require(assets.answer(name, acceptsGzip: false))
    let packed = try #require(assets.answer(name, acceptsGzip: true))
    #expect(!plain.isGzip && packed.isGzip && plain.etag != packed.etag)
    #expect(plain.bytes == Array(long.utf8))
    #expect(packed.bytes.count < 200 && packed.bytes.starts(with: [0x1F, 0x8B]))
    for name in ["short.js", "long.woff2", "none.css"] {
      let answer = try #require(assets.answer(try served(name, by: assets), acceptsGzip: true))
      #expect(!answer.isGzip, "\(name)")
    }
  }

  @Test(
    "the folder's files are served beside the program's own, which come first; the rest of it is not"
  )
  func folder() throws {
    let files = [
      "d3.js": "import './nowhere.js'", "console.css": "theirs", "inter.css": "url(inter.woff2)",
      "inter.woff2": "font", "made": "1", "THIRD-PARTY.md": "x", "licences/d3.txt": "x",
    ]
    try withFolder(files) { folder in
      let assets = try ConsoleAssets(own: [file("console.css", "ours")], folder: folder)
      #expect(try text("d3.js", by: assets) == "import './nowhere.js'")
      #expect(try text("console.css", by: assets) == "ours")
      #expect(
        try text("inter.css", by: assets) == "url(\(try served("inter.woff2", by: assets)))")
      for name in ["made", "THIRD-PARTY.md", "d3.txt", "licences/d3.txt"] {
        #expect(assets.path(name) == nil)
      }
    }
  }

  @Test("a folder that is missing is an empty one")
  func missingFolder() throws {
    let assets = try ConsoleAssets(own: [file("a.js", "a")], folder: "/nowhere/\(UUID())")
    #expect(assets.path("a.js") != nil)
    #expect(assets.path("d3.js") == nil)
  }

  @Test("what scripts/assets gets is there, and light enough (CSL-5)")
  func fetched() throws {
    let assets = try ConsoleAssets(own: [], folder: try TestAssets.path("console"))
    for name in [
      "d3.js", "dagre.js", "sortable.js", "grapes.js", "grapes.css", "world.svg",
    ] {
      #expect(assets.path(name) != nil, "\(name)")
    }
    // What every page may load; its own styles and scripts have the other 45 kB.
    let common = [
      "htmx.js", "htmx-sse.js", "inter.css", "inter-regular.woff2", "inter-semibold.woff2",
    ]
    let bytes = try common.reduce(0) { sum, name in
      sum
        + (try #require(assets.answer(try served(name, by: assets), acceptsGzip: true))).bytes.count
    }
    #expect(bytes <= 55_000, "\(bytes)")
  }
}
