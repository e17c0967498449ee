//! A neural network from an ONNX file, run on one thread.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

/// A network that could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The file is none of ours.
    #[error("the network in {name} can't be loaded ({why}): make it anew with the scripts under training/")]
    Load {
        /// Which network.
        name: &'static str,
        /// What the runtime said.
        why: String,
    },
    /// It stopped half way.
    #[error("the network in {name} can't be run ({why}): make it anew with the scripts under training/")]
    Run {
        /// Which network.
        name: &'static str,
        /// What the runtime said.
        why: String,
    },
}

/// A network with one input.
pub(crate) struct Network {
    name: &'static str,
    model: Model,
    input: NodeId,
    outputs: Vec<NodeId>,
    /// A palm takes a few milliseconds, so one thread each: a kiosk's other work goes on.
    thread: Arc<ThreadPool>,
}

impl Network {
    pub(crate) fn load(name: &'static str, file: &'static [u8]) -> Result<Self, NetworkError> {
        let refused = |why: String| NetworkError::Load { name, why };
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_static_slice(file)
            .map_err(|error| refused(error.to_string()))?;
        let input = *model.input_ids().first().ok_or_else(|| refused("it has no input".into()))?;
        let outputs = model.output_ids().to_vec();
        Ok(Self { name, model, input, outputs, thread: Arc::new(ThreadPool::with_num_threads(1)) })
    }

    /// What to say where it says other things than the code expects.
    pub(crate) fn odd(&self) -> NetworkError {
        NetworkError::Run { name: self.name, why: "its outputs are not those the code was made for".into() }
    }

    /// What it says of an input of `shape` (pictures, channels, rows, columns), an output each.
    pub(crate) fn run(&self, shape: [usize; 4], values: Vec<f32>) -> Result<Vec<Vec<f32>>, NetworkError> {
        let refused = |why: String| NetworkError::Run { name: self.name, why };
        let input = NdTensor::from_data(shape, values);
        let options = RunOptions::default().with_thread_pool(Some(self.thread.clone()));
        let outputs = self
            .model
            .run(vec![(self.input, input.view().into())], &self.outputs, Some(options))
            .map_err(|error| refused(error.to_string()))?;
        outputs
            .into_iter()
            .map(|value| value.into_tensor::<f32>().map(|tensor| tensor.to_vec()))
            .collect::<Option<_>>()
            .ok_or_else(|| refused("an output is not of numbers".into()))
    }
}
