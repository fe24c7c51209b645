import ServiceLifecycle

/// Wakes one listener of this process. A waiting signal stands for all that come meanwhile, so that the listener is called
/// at most once per pause however many signals come.
public struct WakeSignals: Sendable {
  private let signals: AsyncStream<Void>
  private let source: AsyncStream<Void>.Continuation

  /// A source that remembers signals from its creation on.
  public init() {
    (signals, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Wakes the listener, now or after its pause.
  public func signal() { source.yield() }

  /// Calls a closure for the first signal at once, then at most once per `pause`, and for the last signal too, until
  /// graceful shutdown or cancellation.
  public func each(atMostEvery pause: Duration, _ wake: () async -> Void) async {
    await withGracefulShutdownHandler {
      for await _ in signals {
        await wake()
        do { try await Task.sleep(for: pause) } catch { return }
      }
    } onGracefulShutdown: {
      source.finish()
    }
  }
}
