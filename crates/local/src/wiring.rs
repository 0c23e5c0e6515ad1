//! From the template's resources to running parts: who is connected with whom.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::events::bus::Rule;
use crate::events::consumer::Consumer;
use crate::events::pattern::Pattern;
use crate::events::queue::{DeadLetters, Queue};
use crate::events::schedule::Schedule;
use crate::function::Function;
use crate::http::routes::Routes;
use crate::template::{QueueSpec, RuleSpec, ScheduleSpec, Template, arn, queue_url};

/// By folder name.
pub(crate) type Functions = HashMap<String, Arc<Function>>;
/// By logical id.
pub(crate) type Queues = HashMap<String, Arc<Queue>>;

pub(crate) fn bus_arns(template: &Template) -> HashMap<String, String> {
    template.buses.iter().map(|bus| (bus.name.clone(), arn(&bus.id))).collect()
}

/// Dead-letter queues come first: the others hold on to them.
pub(crate) fn queues(template: &Template) -> Result<Queues> {
    let mut made = Queues::new();
    let make = |spec: &QueueSpec, dead_letters| Queue::new(&spec.id, spec.visibility_timeout, dead_letters);
    for spec in template.queues.iter().filter(|spec| spec.redrive.is_none()) {
        made.insert(spec.id.clone(), make(spec, None));
    }
    for spec in &template.queues {
        let Some(redrive) = &spec.redrive else { continue };
        let queue = made
            .get(&redrive.queue)
            .with_context(|| format!("queue {}: its dead-letter queue must not have one of its own", spec.id))?;
        let dead_letters = DeadLetters { queue: queue.clone(), max_receive_count: redrive.max_receive_count };
        made.insert(spec.id.clone(), make(spec, Some(dead_letters)));
    }
    Ok(made)
}

pub(crate) fn queues_by_url(queues: &Queues) -> HashMap<String, Arc<Queue>> {
    queues.iter().map(|(id, queue)| (queue_url(id), queue.clone())).collect()
}

pub(crate) fn rules(template: &Template, queues: &Queues) -> Result<Vec<Rule>> {
    let rule = |spec: &RuleSpec| {
        Ok(Rule {
            bus: spec.bus.clone(),
            pattern: Pattern::parse(&spec.pattern).with_context(|| format!("rule {}", spec.id))?,
            targets: spec.targets.iter().filter_map(|target| queues.get(target).cloned()).collect(),
        })
    };
    template.rules.iter().map(rule).collect()
}

pub(crate) fn routes(template: &Template, functions: &Functions) -> Routes {
    let routes = template.functions.iter().filter_map(|spec| {
        let function = functions.get(spec.name.as_str())?;
        Some(spec.routes.iter().map(|route| (route.clone(), function.clone())))
    });
    Routes::new(routes.flatten())
}

pub(crate) fn consumers(template: &Template, functions: &Functions, queues: &Queues) -> Result<Vec<Consumer>> {
    let mut consumers = Vec::new();
    for spec in &template.functions {
        for source in &spec.queues {
            let function = functions.get(spec.name.as_str()).with_context(|| format!("function {}", spec.name))?;
            let queue = queues.get(&source.queue).with_context(|| format!("queue {}", source.queue))?;
            consumers.push(Consumer { queue: queue.clone(), function: function.clone(), source: source.clone() });
        }
    }
    Ok(consumers)
}

pub(crate) fn schedules(template: &Template, functions: &Functions) -> Vec<Arc<Schedule>> {
    let schedules = template.functions.iter().filter_map(|spec| {
        let function = functions.get(spec.name.as_str())?;
        let schedule =
            |schedule: &ScheduleSpec| Schedule::new(schedule.clone(), function.clone(), spec.reserved_concurrency);
        Some(spec.schedules.iter().map(schedule))
    });
    schedules.flatten().collect()
}
