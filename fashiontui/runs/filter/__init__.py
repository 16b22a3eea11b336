"""One language to pick runs by: `model=cnn* dropout>=0.3 status:running best.valid_accuracy>0.9`."""
