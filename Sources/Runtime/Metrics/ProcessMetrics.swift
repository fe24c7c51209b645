import Foundation

/// The process's own memory, CPU, start time, files and threads, under Prometheus' usual names.
package enum ProcessMetrics {
  /// The current figures; on systems without `/proc` only CPU time is known.
  package static func families() -> [MetricFamily] {
    var families = [
      MetricFamily("process_cpu_seconds_total", .counter, [.init(cpuSeconds)])
    ]
    guard let stat = statistics() else { return families }
    let page = Double(sysconf(Int32(_SC_PAGESIZE)))
    families.append(
      MetricFamily("process_resident_memory_bytes", .gauge, [.init(stat.residentPages * page)]))
    families.append(
      MetricFamily("process_virtual_memory_bytes", .gauge, [.init(stat.virtualBytes)]))
    families.append(MetricFamily("process_threads", .gauge, [.init(stat.threads)]))
    if let boot = bootTime {
      let start = boot + stat.startTicks / Double(sysconf(Int32(_SC_CLK_TCK)))
      families.append(MetricFamily("process_start_time_seconds", .gauge, [.init(start)]))
    }
    if let files = entries("/proc/self/fd") {
      families.append(MetricFamily("process_open_fds", .gauge, [.init(Double(files))]))
    }
    return families
  }

  /// User and system time that the process has used.
  static var cpuSeconds: Double {
    var usage = rusage()
    guard getrusage(own, &usage) == 0 else { return 0 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Resident memory; nil on systems without `/proc`.
  static var residentBytes: Double? {
    statistics().map { $0.residentPages * Double(sysconf(Int32(_SC_PAGESIZE))) }
  }

  private struct Statistics {
    var threads: Double
    var startTicks: Double
    var virtualBytes: Double
    var residentPages: Double
  }

  /// Fields of `/proc/self/stat` behind the command's name, which may hold blanks and brackets.
  private static func statistics() -> Statistics? {
    guard let text = read("/proc/self/stat"), let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ").map(Double.init)
    // Counted from the state, field 3 of the manual page: threads 20, start 22, size 23, rss 24.
    guard fields.count > 21, let threads = fields[17], let start = fields[19],
      let virtual = fields[20], let resident = fields[21]
    else { return nil }
    return Statistics(
      threads: threads, startTicks: start, virtualBytes: virtual, residentPages: resident)
  }

  private static let bootTime: Double? = read("/proc/stat")?.split(separator: "\n")
    .first { $0.hasPrefix("btime ") }
    .flatMap { Double($0.dropFirst(6)) }

  private static func read(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func entries(_ path: String) -> Int? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var count = -3  // ".", ".." and the descriptor of this very listing
    while readdir(directory) != nil { count += 1 }
    return count
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  #if canImport(Glibc)
    private static let own = __rusage_who_t(RUSAGE_SELF.rawValue)
  #else
    private static let own = RUSAGE_SELF
  #endif
}
