/// Whether the job of the current task was under way when a worker died: it, or what it does for one of its items, may
/// be the cause. Handlers read it where they can name or isolate the item.
public enum CrashSuspicion {
  /// Whether this task runs such a job.
  @TaskLocal public static var isRaised = false
}
